import { join } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "..", "..");

/** What the compiler says about texts that stand in files of these names. */
export function complaints(texts: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const at = (entry: string) => [join(root, "src", `${entry}.ts`)];
  options.paths = { recurve: at("index"), "recurve/core": at("core"), "recurve/url": at("url") };
  // Types are imported like values here, and a few words of prose are names too.
  Object.assign(options, { noUnusedLocals: false, verbatimModuleSyntax: false, isolatedModules: false });
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (name) => texts.get(name) ?? readFile(name);
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  const program = ts.createProgram([...texts.keys(), join(root, "src", "wasm", "wasmModule.d.ts")], options, host);
  return [...texts.keys()].flatMap((name) => {
    const file = program.getSourceFile(name) as ts.SourceFile;
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found.map(({ start = 0, messageText }) => {
      const line = file.text.split("\n")[ts.getLineAndCharacterOfPosition(file, start).line];
      return `${name.slice(import.meta.dirname.length + 1)}: ${line}\n    ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
  });
}
