import { dirname } from "node:path";
import { Application, CommentTag, Converter, ReflectionKind } from "typedoc";

/** The reference is ordered as a reader looks for things; the folder that declares a name says where it belongs. */
const folders = {
  models: "Models",
  layers: "Layers",
  architectures: "Architectures",
  cells: "Cells",
  losses: "Losses",
  optimizers: "Optimizers",
  schedules: "Schedules",
  training: "Training",
  data: "Data",
  decoding: "Decoding",
  tasks: "Forecasting",
  diagnostics: "Diagnostics",
  formats: "Weights of other systems",
  tensor: "Tensors and memory",
  wasm: "Tensors and memory",
};

/** Files that lie in no folder. */
const files = {
  "activations.ts": "Cells",
  "errors.ts": "Errors",
  "initializers.ts": "Layers",
  "shape.ts": "Tensors and memory",
};

/** What the reference of this house needs of typedoc: a category for every name, and equations that stay lines. */
export function load(app) {
  const order = [...new Set(Object.values({ ...folders, ...files }))];
  app.on(Application.EVENT_BOOTSTRAP_END, () => app.options.setValue("categoryOrder", order));
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const reflection of Object.values(project.reflections)) {
      if (reflection.comment !== undefined) typeset(reflection.comment.summary);
      if (reflection.parent?.kind === ReflectionKind.Module && reflection.parent.name === "recurve") place(reflection);
    }
  });
}

function place(reflection) {
  const tag = () => new CommentTag("@category", [{ kind: "text", text: categoryOf(reflection) }]);
  for (const { comment } of reflection.signatures ?? [reflection]) comment?.blockTags.push(tag());
}

function categoryOf(reflection) {
  const path = reflection.project.getSymbolIdFromReflection(reflection)?.packagePath.replace(/^src\//, "") ?? "";
  const found = dirname(path) === "." ? files[path] : folders[dirname(path)];
  if (found !== undefined) return found;
  throw new Error(`${reflection.name} of src/${path} has no category in the reference: scripts/documentRooms.mjs.`);
}

/** Our comments indent equations by two spaces, which Markdown would run into the text around them. */
function typeset(parts) {
  let isList = false;
  let isEquation = false;
  const spaced = (text) => (isEquation ? text.replace(/(?<=\S) {3,}/g, " &emsp; ") : text);
  for (const part of parts.filter(({ kind }) => kind === "text")) {
    const [begun, ...lines] = part.text.split("\n");
    part.text = lines.reduce((text, line) => {
      const wasEquation = isEquation;
      isList = line.startsWith("- ") || (isList && line.startsWith(" "));
      isEquation = !isList && /^ {2,3}\S/.test(line);
      const broken = isEquation === wasEquation ? (isEquation ? "\\\n" : "\n") : "\n\n";
      return text + broken + (isEquation ? `&emsp;${spaced(line.trimStart())}` : line);
    }, spaced(begun));
  }
}
