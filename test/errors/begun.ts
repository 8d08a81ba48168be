import { dense, lstm, Model, type Session, sequential } from "../../src/index.js";

/** A network that streams: three features in, two outputs. */
export const model = new Model(sequential(lstm(4), dense(2)), { inputSize: 3 });

/** A session after its first step. */
export function begun(of: Model = model, x: number[] = [1, 2, 3]): Session {
  const session = of.session();
  session.step(x);
  return session;
}
