import ts from "typescript";

/** What makes a constant of names: shorter in a bundle than every name with its number. */
const offsetsOf = `
/** The names with their places, and \`size\` behind the last. */
function offsetsOf<Offsets>(names: string): Offsets {
  return Object.fromEntries(\`\${names} size\`.split(" ").map((name, place) => [name, place])) as Offsets;
}
`;

/**
 * The facade's view of the core's plans: for each `@unmanaged` class with fields, a constant that maps field names to
 * offsets in 32-bit words, with `size` (also in words) at the end. An unmanaged class lays 4-byte fields out in order
 * with no header and no padding, so the offset of a field is its position; any other kind of field is refused.
 */
export function planOffsets(source, fileName) {
  const file = ts.createSourceFile(fileName, source, ts.ScriptTarget.Latest, true);
  const plans = file.statements.filter((node) => ts.isClassDeclaration(node) && isUnmanaged(node));
  const texts = plans.map((node) => planText(node, source)).filter((text) => text !== "");
  return texts.length === 0 ? "export {};\n" : texts.join("\n") + offsetsOf;
}

function planText(node, source) {
  const name = node.name.text;
  const fields = node.members.filter((member) => ts.isPropertyDeclaration(member));
  if (fields.length === 0) return "";
  if (node.heritageClauses !== undefined)
    throw new Error(`${name}: a plan extends nothing, its fields start at offset 0.`);
  const names = fields.map((field) => fieldName(name, field));
  const lines = fields.map(
    (field, offset) => `${comment(field, source, "  ")}  readonly ${names[offset]}: ${offset};\n`,
  );
  const size = `  /** Length of the whole plan in 32-bit words. */\n  readonly size: ${fields.length};\n`;
  const type = `interface ${name}Offsets {\n${lines.join("")}${size}}\n`;
  const value = `/* @__PURE__ */ offsetsOf<${name}Offsets>("${names.join(" ")}")`;
  return `${type}\n${comment(node, source, "")}export const ${name} = ${value};\n`;
}

function fieldName(plan, field) {
  const name = field.name.getText();
  const type = field.type?.getText() ?? "no type";
  if (type !== "i32" && type !== "f32") throw new Error(`${plan}.${name}: a plan's field is i32 or f32, not ${type}.`);
  if (name === "size") throw new Error(`${plan}.size: the name is taken by the length of the plan.`);
  const isStatic = field.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword);
  if (isStatic) throw new Error(`${plan}.${name}: a static field has no place in a plan.`);
  return name;
}

function comment(node, source, indent) {
  const ranges = ts.getLeadingCommentRanges(source, node.getFullStart()) ?? [];
  const texts = ranges.map((range) => source.slice(range.pos, range.end));
  const trailing = ts.getTrailingCommentRanges(source, node.getEnd()) ?? [];
  texts.push(...trailing.map((range) => source.slice(range.pos, range.end)));
  const docs = texts.filter((text) => !text.includes("@ts-ignore"));
  return docs.map((text) => `${indent}${asDoc(text)}\n`).join("");
}

/** Line comments become doc comments, so that an editor shows them at the use of the field. */
function asDoc(text) {
  return text.startsWith("//") ? `/** ${text.slice(2).trim()} */` : text;
}

function isUnmanaged(node) {
  const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
  return decorators.some((decorator) => decorator.expression.getText() === "unmanaged");
}
