/** A request that is refused before it reaches a device: status, reason, and headers beside them. */
export class Refusal extends Error {
  constructor(status, reason, headers = {}) {
    super(reason);
    this.status = status;
    this.headers = headers;
  }

  response() {
    return Response.json({ error: this.message }, { status: this.status, headers: this.headers });
  }
}
