import { FormatError } from "../errors.js";
import { elements } from "../shape.js";
import type { OnnxGraph, OnnxNode } from "./onnxFile.js";
import { numberOf, numbersOf, tensorOf } from "./onnxNode.js";

/** A number; "x", the same value everywhere; "epsilon", any number; or an operator and the terms that it reads. */
type Term = number | string | readonly Term[];

/** What stands for the names in a term; "axis" is that of all means. */
type Bound = Readonly<Record<string, string | number>>;

/**
 * What files write in several operators where later versions have one or the library has, or with a threshold that changes no
 * float32. Numbers come last: they are read last.
 */
function wholes(): [operator: string, term: Term, attributes?: Bound][] {
  const centred = ["Sub", "x", ["ReduceMean", "x"]];
  const halved = (gate: Term): Term[] => [
    ["Mul", ["Mul", "x", gate], 0.5],
    ["Mul", "x", ["Mul", gate, 0.5]],
  ];
  const cubes = [
    ["Pow", "x", 3],
    ["Mul", "x", ["Mul", "x", "x"]],
  ];
  const byTanh = cubes.flatMap((cube) =>
    halved(["Add", ["Tanh", ["Mul", ["Add", "x", ["Mul", cube, 0.044715]], Math.sqrt(2 / Math.PI)]], 1]),
  );
  return [
    ["LayerNormalization", ["Div", centred, ["Sqrt", ["Add", ["ReduceMean", ["Pow", centred, 2]], "epsilon"]]]],
    ...halved(["Add", ["Erf", ["Div", "x", Math.SQRT2]], 1]).map((term): [string, Term] => ["Gelu", term]),
    ...byTanh.map((term): [string, Term, Bound] => ["Gelu", term, { approximate: "tanh" }]),
    ["LogSigmoid", ["Log", ["Sigmoid", "x"]]],
    ["Softsign", ["Div", "x", ["Add", ["Abs", "x"], 1]]],
    ["Softplus", ["Where", ["Greater", "x", 20], "x", ["Softplus", "x"]]],
  ];
}

/** Operators whose two inputs may come in either order. */
const EITHER_ORDER = ["Add", "Mul"];

/**
 * The graph where terms that have an operator of their own are that operator. What is anything else stays as it is; so do the parts
 * of a term where something else reads them too.
 * @throws FormatError when two nodes give the same value
 */
export function fused(graph: OnnxGraph): OnnxGraph {
  const givers = new Map<string, OnnxNode>();
  const terms = wholes();
  const nodes = graph.nodes.map((node) => {
    for (const output of node.outputs) {
      if (givers.has(output)) throw new FormatError(`ONNX file: two nodes give "${output}".`);
      if (output !== "") givers.set(output, node);
    }
    for (const [operator, term, more] of terms) {
      const { x, ...attributes } = bind(term, node.outputs[0] ?? "", {}, givers, graph) ?? {};
      const name = node.name.replace(/(Div|Log|Mul|Where)(_\d+)?$/, operator);
      if (x !== undefined)
        return {
          ...node,
          operator,
          name,
          inputs: [x as string],
          attributes: new Map(Object.entries({ ...attributes, ...more })),
        };
    }
    return node;
  });
  return { ...graph, nodes };
}

type Givers = ReadonlyMap<string, OnnxNode>;

/** What its names stand for, where a value is that term. */
function bind(term: Term, name: string, bound: Bound, givers: Givers, graph: OnnxGraph): Bound | undefined {
  const node = givers.get(name);
  if (typeof term === "number") return numberIn(name, node, graph) === Math.fround(term) ? bound : undefined;
  if (typeof term === "string") return bindName(term, term === "x" ? name : numberIn(name, node, graph), bound);
  const [operator, ...terms] = term;
  if (node?.operator !== operator || node.domain !== "" || node.inputs.length !== terms.length) return undefined;
  const own = operator === "ReduceMean" ? bindName("axis", axisOfMean(node), bound) : bound;
  if (operator !== "ReduceMean" && node.attributes.size > 0) return undefined;
  const inOrder = (inputs: readonly string[]) =>
    terms.reduce<Bound | undefined>(
      (found, one, at) => found && bind(one, inputs[at] as string, found, givers, graph),
      own,
    );
  return inOrder(node.inputs) ?? (EITHER_ORDER.includes(operator) ? inOrder([...node.inputs].reverse()) : undefined);
}

function bindName(name: string, value: string | number | undefined, bound: Bound): Bound | undefined {
  return value === undefined || (bound[name] ?? value) !== value ? undefined : { ...bound, [name]: value };
}

/** The number that a constant is; one of more axes would give them to the result. */
function numberIn(name: string, node: OnnxNode | undefined, { initializers }: OnnxGraph): number | undefined {
  const isConstant = node?.operator === "Constant" && node.domain === "";
  const tensor = isConstant ? tensorOf(node, "value") : node ? undefined : initializers.get(name);
  return tensor && tensor.shape.length < 2 && elements(tensor.shape) === 1 ? tensor.constant().uniform() : undefined;
}

/** The only axis of a mean that keeps it. */
function axisOfMean(node: OnnxNode): number | undefined {
  const isPlain = [...node.attributes.keys()].every((name) => ["axes", "keepdims"].includes(name));
  const axes = isPlain && numberOf(node, "keepdims", 1) === 1 ? numbersOf(node, "axes") : undefined;
  return axes?.length === 1 ? axes[0] : undefined;
}
