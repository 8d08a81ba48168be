const readings = "/devices/tank/readings";
const snapshot = "/devices/tank/snapshot";

/** Requests that are refused, with the status and the reason: all of them to a device that exists. */
export function refusals(library, own) {
  return [
    ...bodies("POST").concat(bodies("PUT")),
    ...snapshots(library, own),
    ...["", "/", "/devices", "/devices/tank/forecast", "/devices/tank/readings/1", "/devices/tank/constructor"].map(
      (path) => ({ method: "GET", path, status: 404, says: /there are \/devices\/:id/ }),
    ),
    ...["two%20words", "x".repeat(65), ""].map((id) => ({
      ...{ method: "PUT", path: `/devices/${id}`, status: 400, says: /1 to 64 letters/ },
    })),
    ...[
      ["PATCH", "/devices/tank", "PUT, GET, DELETE"],
      ["DELETE", readings, "POST, PUT"],
      ["POST", snapshot, "GET, PUT"],
    ].map(([method, path, allow]) => ({ method, path, status: 405, says: new RegExp(`not for .*${allow}`), allow })),
  ];
}

/** What is no reading. `1e999` is JSON, and Infinity; 1e300 is finite, but not in the float32 that the network computes in. */
function bodies(method) {
  return [
    [400, "", /the body is not JSON: /],
    [400, '{"value": 1', /the body is not JSON: /],
    [400, Uint8Array.of(0x22, 0xff, 0x22), /the body is not JSON: /],
    [400, "[1, 2]", /received a list of 2/],
    [400, "null", /received nothing/],
    [400, "{}", /either "value" or "values"/],
    [400, '{"value": 1, "values": [1]}', /either "value" or "values"/],
    [400, '{"value": 1, "unit": "K"}', /"unit" is not known/],
    [400, '{"value": "12"}', /reading 0 must be a finite number, received a string/],
    [400, '{"value": null}', /reading 0 must be a finite number, received nothing/],
    [400, '{"value": 1e999}', /received Infinity/],
    [400, '{"values": 3}', /"values" must be a list of numbers, received 3/],
    [400, '{"values": []}', /"values" is empty/],
    [400, '{"values": [1, [2, 3]]}', /reading 1 must be a finite number, received a list of 2/],
    [400, '{"values": [10, 11, 1e300]}', /step expects finite numbers/],
    [413, JSON.stringify({ values: Array(1001).fill(1) }), /1001 readings are too many/],
    [413, `{"value": 1}${" ".repeat(40_000)}`, /the body is too large: send up to 32768 bytes/],
    [413, inPieces('{"value": 1', " ".repeat(20_000), " ".repeat(20_000), "}"), /the body is too large/],
    [400, inPieces('{"value"', ": 1"), /the body is not JSON: /],
  ].map(([status, body, says]) => ({ method, path: readings, status, body, says }));
}

/** A body without a declared length. */
export function inPieces(...texts) {
  return new Blob(texts).stream();
}

/** Snapshots that do not belong here: of no stream, cut, damaged, and of a model with other weights. */
function snapshots({ Model, concatenate, dense, lstm, sequential }, own) {
  const damaged = own.slice();
  damaged[30] ^= 1;
  const foreign = new Model(sequential(lstm(16), concatenate(dense(1), dense(1))), { inputSize: 1 }).session();
  foreign.step(1);
  return [
    [422, undefined, /0 bytes cannot be one/],
    [422, "not a snapshot but some thirty letters", /not "rcs"/],
    [422, own.slice(0, 100), /damaged or not whole/],
    [422, damaged, /are damaged/],
    [409, foreign.snapshot(), /belongs to other weights .* Warm a new session up by replaying recent inputs/],
  ].map(([status, body, says]) => ({ method: "PUT", path: snapshot, status, body, says }));
}
