import { Refusal } from "./refusal.js";

const mostBytes = 32_768;
/** Readings of one request: a replay of months, in about the time of a storage write. */
const mostValues = 1000;

/**
 * The readings of a body: {"value": 20.7}, or {"values": [20.7, 17.9]} in the order in which they were measured.
 * @returns numbers, one or more
 * @throws Refusal 400 or 413 with the reason
 */
export async function readValues(request) {
  const body = requireObject(parse(await readBytes(request)));
  const unknown = Object.keys(body).find((name) => name !== "value" && name !== "values");
  if (unknown !== undefined) throw new Refusal(400, `"${unknown}" is not known: send "value" or "values".`);
  const isOne = Object.hasOwn(body, "value");
  if (isOne === Object.hasOwn(body, "values")) throw new Refusal(400, 'send either "value" or "values".');
  const values = isOne ? [body.value] : body.values;
  if (!Array.isArray(values)) throw new Refusal(400, `"values" must be a list of numbers, received ${kind(values)}.`);
  if (values.length === 0) throw new Refusal(400, '"values" is empty: send one reading or more.');
  if (values.length > mostValues)
    throw new Refusal(413, `${values.length} readings are too many for one request: send up to ${mostValues}.`);
  const bad = values.findIndex((each) => !Number.isFinite(each));
  if (bad >= 0) throw new Refusal(400, `reading ${bad} must be a finite number, received ${kind(values[bad])}.`);
  return values;
}

/** The bytes of a body, of which no more than the limit is ever held. @throws Refusal 413 */
export async function readBytes(request) {
  const declared = Number(request.headers.get("Content-Length") ?? Number.NaN);
  if (declared > mostBytes) throw tooLarge();
  // HTTP keeps to a length that was declared, and reading at once takes less CPU time than by pieces.
  return Number.isNaN(declared) ? readPieces(request.body) : new Uint8Array(await request.arrayBuffer());
}

async function readPieces(body) {
  const pieces = [];
  let length = 0;
  for await (const piece of body ?? []) {
    length += piece.length;
    if (length > mostBytes) throw tooLarge();
    pieces.push(piece);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function tooLarge() {
  return new Refusal(413, `the body is too large: send up to ${mostBytes} bytes.`);
}

function parse(bytes) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Refusal(400, `the body is not JSON: ${error.message}`);
  }
}

function requireObject(body) {
  if (kind(body) === "an object") return body;
  throw new Refusal(400, `send {"value": number} or {"values": [numbers]}, received ${kind(body)}.`);
}

function kind(value) {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "a string" : String(value);
}
