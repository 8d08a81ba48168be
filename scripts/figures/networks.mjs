/** The textbook's networks, each unfolded in time. */
export function networks({
  bidirectional,
  dense,
  drawUnrolled,
  encoderDecoder,
  gru,
  lstm,
  manyToMany,
  manyToOne,
  Model,
  oneToMany,
  oneToOne,
  residual,
  sequential,
}) {
  const draw = (specification, inputSize, words) => {
    const model = new Model(specification, { inputSize });
    try {
      return drawUnrolled(model, words);
    } finally {
      model.dispose();
    }
  };
  return {
    oneToOne: draw(oneToOne({ inputSize: 4, units: 8, outputSize: 3, activation: "tanh" }), 4, {
      title: "One to one",
      subtitle: "A feed-forward network: no time, no state",
    }),
    oneToMany: draw(oneToMany({ cell: "gru", inputSize: 3, units: 16, outputSize: 3, steps: 4 }), 3, {
      title: "One to many",
      subtitle: "A single input; every answer is the next step’s input: melodies, sketches, captions",
    }),
    manyToOne: draw(manyToOne({ cell: "elman", inputSize: 1, units: 16, outputSize: 1, activation: "tanh" }), 1, {
      title: "Many to one",
      subtitle: "One answer after the last step: classes, the next value of a series",
    }),
    manyToMany: draw(manyToMany({ cell: "lstm", inputSize: 8, units: 16, outputSize: 5 }), 8, {
      title: "Many to many, aligned",
      subtitle: "An answer at every step: tags, detection, the next character",
    }),
    bidirectional: draw(sequential(bidirectional(gru(16)), dense(5)), 8, {
      title: "Bidirectional",
      subtitle: "Two layers read the same input, one from its end: every answer knows past and future",
    }),
    stacked: draw(sequential(lstm(32), residual(lstm(32)), dense(5)), 8, {
      title: "Stacked, with a residual connection",
      subtitle: "Each layer reads the states of the one below; the upper one adds to what it receives",
    }),
    encoderDecoder: draw(encoderDecoder({ cell: "gru", inputSize: 8, units: 16, outputSize: 5 }), 8, {
      title: "Encoder–decoder",
      subtitle:
        "A sequence in, a sequence of another length out: the encoder’s last state is all that the decoder knows",
      steps: 3,
    }),
    attention: draw(encoderDecoder({ cell: "gru", inputSize: 8, units: 16, outputSize: 5, attention: "general" }), 8, {
      title: "Encoder–decoder with attention",
      subtitle: "Before each answer the decoder looks back at every step of the encoder",
      steps: 3,
    }),
  };
}
