/* What surrounds the recurrent layers in plain JavaScript: dense layer, embedding, losses, update rules. */

export class PlainDense {
  /** @param weights { weight [O, I], bias [O] } */
  constructor(weights, rows) {
    this.weights = weights;
    this.outputs = weights.bias.length;
    this.inputs = weights.weight.length / this.outputs;
    this.output = new Float32Array(rows * this.outputs);
    this.dInput = new Float32Array(rows * this.inputs);
    this.gradients = { weight: new Float32Array(weights.weight.length), bias: new Float32Array(this.outputs) };
  }

  /** @param input [rows, I] */
  forward(input) {
    const { inputs: I, outputs: O, output } = this;
    const { weight, bias } = this.weights;
    for (let row = 0; row < output.length / O; row++)
      for (let o = 0; o < O; o++) {
        let sum = bias[o];
        for (let i = 0; i < I; i++) sum += weight[o * I + i] * input[row * I + i];
        output[row * O + o] = sum;
      }
    return output;
  }

  backward(input, dOutput) {
    const { inputs: I, outputs: O, dInput, gradients } = this;
    dInput.fill(0);
    for (let row = 0; row < dOutput.length / O; row++)
      for (let o = 0; o < O; o++) {
        const value = dOutput[row * O + o];
        gradients.bias[o] += value;
        for (let i = 0; i < I; i++) {
          gradients.weight[o * I + i] += value * input[row * I + i];
          dInput[row * I + i] += value * this.weights.weight[o * I + i];
        }
      }
    return dInput;
  }
}

export class PlainEmbedding {
  /** @param weights { weight [V, E] } */
  constructor(weights, width, rows) {
    this.weights = weights;
    this.width = width;
    this.output = new Float32Array(rows * width);
    this.dOutput = new Float32Array(rows * width);
    this.gradients = { weight: new Float32Array(weights.weight.length) };
  }

  forward(tokens) {
    const { width, output } = this;
    tokens.forEach((token, row) =>
      output.set(this.weights.weight.subarray(token * width, (token + 1) * width), row * width),
    );
    this.dOutput.fill(0);
    return output;
  }

  backward(tokens) {
    const { width, dOutput } = this;
    for (let row = 0; row < tokens.length; row++)
      for (let i = 0; i < width; i++) this.gradients.weight[tokens[row] * width + i] += dOutput[row * width + i];
  }
}

/** Loss and, in `gradient`, its gradient: means over all numbers, or over all rows. */
export const losses = {
  meanSquaredError(output, target, gradient) {
    let sum = 0;
    for (let i = 0; i < output.length; i++) {
      const error = output[i] - target[i];
      sum += error * error;
      gradient[i] = (2 * error) / output.length;
    }
    return sum / output.length;
  },
  crossEntropy(output, target, gradient) {
    const rows = target.length;
    const width = output.length / rows;
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      const from = row * width;
      let most = output[from];
      for (let i = 1; i < width; i++) if (output[from + i] > most) most = output[from + i];
      let total = 0;
      for (let i = 0; i < width; i++) total += gradient[from + i] = Math.exp(output[from + i] - most);
      sum += Math.log(total) + most - output[from + target[row]];
      for (let i = 0; i < width; i++) gradient[from + i] /= total * rows;
      gradient[from + target[row]] -= 1 / rows;
    }
    return sum / rows;
  },
};

/** Update rules over pairs { values, gradient }; gradients are cleared. */
export const rules = {
  sgd: (pairs, rate) => () => {
    for (const { values, gradient } of pairs) {
      for (let i = 0; i < values.length; i++) values[i] -= rate * gradient[i];
      gradient.fill(0);
    }
  },
  adam(pairs, rate) {
    const slots = pairs.map(({ values }) => [new Float32Array(values.length), new Float32Array(values.length)]);
    let [power1, power2] = [1, 1];
    return () => {
      power1 *= 0.9;
      power2 *= 0.999;
      pairs.forEach(({ values, gradient }, index) => {
        const [m, v] = slots[index];
        for (let i = 0; i < values.length; i++) {
          const g = gradient[i];
          m[i] = 0.9 * m[i] + 0.1 * g;
          v[i] = 0.999 * v[i] + 0.001 * g * g;
          values[i] -= ((rate / (1 - power1)) * m[i]) / (Math.sqrt(v[i] / (1 - power2)) + 1e-8);
        }
        gradient.fill(0);
      });
    };
  },
};
