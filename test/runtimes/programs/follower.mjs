/**
 * A function that follows a signal with a model, sample by sample, from one array into another: the first output of each step.
 * It allocates nothing, so it may run where sound is made.
 *
 * @param recurve the package, or its entry for prediction
 * @param file the bytes of a model of two inputs; the second is always 1
 */
export function follower(recurve, file) {
  const model = recurve.loadModel(file);
  const session = model.session();
  const features = new Float32Array(2).fill(1);
  const out = new Float32Array(model.predict([features]).data.length);
  return (input, output) => {
    for (let i = 0; i < input.length; i++) {
      features[0] = input[i];
      session.step(features, out);
      output[i] = out[0];
    }
  };
}
