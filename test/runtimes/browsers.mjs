import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withPage } from "./pageServer.mjs";
import { withProgram, withScratchHome } from "./processes.mjs";

/** Quiet and alone: nothing but the page is loaded, and no sandbox that a container would not allow. */
export const chromiumFlags = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-quic",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--no-default-browser-check",
];

const firefoxPreferences = {
  "app.update.auto": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.aboutwelcome.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
};

/** The browsers: where Debian puts them, in which of its packages, and the words they are started with. */
export const browsers = {
  Chromium: {
    binary: "/usr/bin/chromium",
    debianPackage: "chromium",
    words: (profile, address) => [...chromiumFlags, `--user-data-dir=${profile}`, address],
  },
  Firefox: {
    binary: "/usr/bin/firefox-esr",
    debianPackage: "firefox-esr",
    words: (profile, address) => {
      const lines = Object.entries(firefoxPreferences).map(([name, value]) => `user_pref("${name}", ${value});\n`);
      writeFileSync(join(profile, "user.js"), lines.join(""));
      return ["--headless", "--no-remote", "--profile", profile, address];
    },
  },
};

/** Opens a page in a browser of its own and gives what the page posts. @param page as `withPage` takes it */
export function runInBrowser({ binary, words }, page) {
  return withPage(page, (address, result) =>
    withScratchHome((home, env) =>
      withProgram(binary, words(join(home, "profile"), address), { cwd: page.directory, env }, () => result),
    ),
  );
}
