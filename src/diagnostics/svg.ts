import { ArgumentError } from "../errors.js";
import { describe } from "../shape.js";

/** Colours of drawings: they bring their own background, so that they look the same on a light and on a dark page. */
export const INK = {
  card: "#ffffff",
  frame: "#d9dfe5",
  text: "#1f2933",
  soft: "#5f6c7b",
  grid: "#e6eaee",
  shade: "#f4f6f9",
} as const;

/** Hues that stay apart for colour-blind readers too (after Okabe & Ito), dark enough for lines on white. */
export const HUES = ["#1f6fb2", "#c2540a", "#1e8560", "#8a4fb5", "#b8326b", "#7a6a00", "#0b7f8c", "#5b5f97"] as const;

const FONT = "Inter, system-ui, 'Helvetica Neue', 'DejaVu Sans', sans-serif";

/** A stand-alone SVG with rounded corners. @param label what a screen reader says */
export function svgDocument(width: number, height: number, label: string, parts: readonly string[]): string {
  const [w, h] = [round(width), round(height)];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="${FONT}" font-size="13" fill="${INK.text}" role="img" aria-label="${escapeXml(label)}">
<rect x="0.5" y="0.5" width="${w - 1}" height="${h - 1}" rx="10" fill="${INK.card}" stroke="${INK.frame}"/>
${parts.join("\n")}
</svg>
`;
}

/** @throws ArgumentError when a title or a subtitle is there that is no text */
export function requireWords(owner: string, options: { readonly title?: unknown; readonly subtitle?: unknown }): void {
  for (const name of ["title", "subtitle"] as const) {
    const words = options[name];
    if (words !== undefined && typeof words !== "string")
      throw new ArgumentError(`${name} of ${owner} must be a text, received ${describe(words)}.`);
  }
}

/** A tenth of a pixel is enough, and keeps files short. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Width in pixels that a text takes at most in the fonts above. */
export function textWidth(text: string, size: number): number {
  return [...text].length * size * 0.62;
}

/** A whole number with thin spaces between groups of three digits. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u2009");
}

/** A hue mixed with white. @param share of the hue, 0 to 1 */
export function tint(hue: string, share: number): string {
  const mixed = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hue.slice(at, at + 2), 16);
    return Math.round(255 + (value - 255) * share)
      .toString(16)
      .padStart(2, "0");
  });
  return `#${mixed.join("")}`;
}
