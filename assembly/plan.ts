/** First free byte after the static data: the facade's allocator begins here. */
export function heapBase(): i32 {
  return <i32>__heap_base;
}

/*
 * Structs of addresses and sizes that the facade writes and the drivers read. Fields are i32 (addresses, sizes, strides in
 * bytes) or f32; an address of 0 means "not there". The facade's word offsets are generated from this file.
 * Hp is H padded to a multiple of 4. Rows are packed: sorted by falling length, step by step, first[t] = first row of step t.
 */

/** What a recurrent layer in one direction works on. */
@unmanaged
export class RecurrentPlan {
  /** Sizes of the cell in blocks, and the table places of its loops over rows: written by the cell's `describe`. */
  gateBlocks: i32;
  recurrentBlocks: i32;
  lateBlocks: i32;
  stateBlocks: i32;
  forwardRows: i32;
  backwardRows: i32;
  gateRows: i32;
  gateBackwardRows: i32;
  ownGradientRows: i32;

  /** Input features D. */
  inputSize: i32;
  /** Units H of the cell. */
  units: i32;
  /** Width of the hidden state that goes on: P with a projection, else H. */
  hidden: i32;
  /** Bytes from a state row to the cell's own states in it: 0, or Pp·4 with a projection. */
  cellOffset: i32;
  /** Sequences B: also the number of state rows before the first step's. */
  sequences: i32;
  /** i32 [T + 1]: first packed row of each step; the last entry is the number of rows. */
  first: i32;
  /** 1 keeps what the way back needs; 0 reuses one chunk of gate rows. */
  training: i32;

  /** Input rows [rows, D]; not there where `tokens` are. */
  x: i32;
  xStride: i32;
  /** i32 [rows]: the column that is 1, where the input rows are one-hot; 0: they are not. */
  tokens: i32;
  /** Gradient of the input rows; 0 when nobody wants it. */
  dX: i32;
  dXStride: i32;

  /** Parameters in exchange layout: W_ih [G·H, D], W_hh [G·H, hidden], biases [G·H]; biases may be 0. */
  weightIh: i32;
  weightHh: i32;
  biasIh: i32;
  biasHh: i32;
  /** Gradients of the same, accumulated. */
  dWeightIh: i32;
  dWeightHh: i32;
  dBiasIh: i32;
  dBiasHh: i32;
  /** The cell's own vectors [own blocks·H] and their gradients, and padded copies [own blocks·Hp] of both; 0: none. */
  ownBlocks: i32;
  weightOwn: i32;
  dWeightOwn: i32;
  own: i32;
  dOwn: i32;

  /** Layer normalisation of W_ih x, of the recurrent product, of the late one, and of c' on its way out: a NormPlan each; 0: none. */
  normIh: i32;
  normHh: i32;
  normLate: i32;
  normState: i32;
  /**
   * Gradients of the products themselves, rows like those of p, q and the late product: the same memory as dp, dq and the late
   * blocks of dp, or with normalisation what it leaves of them.
   */
  dProductIh: i32;
  dProductIhStride: i32;
  dProductHh: i32;
  dProductHhStride: i32;
  dProductLate: i32;
  dProductLateStride: i32;

  /** Projection W_hr [P, H], its gradient, its panels both ways, and the gradients of the projected rows [rows, Pp]; 0: none. */
  weightHr: i32;
  dWeightHr: i32;
  panelsHr: i32;
  backHr: i32;
  dProjected: i32;

  /** Packed parameters: panels for the way forward, transposed panels for the way back, padded bias rows. */
  panelsIh: i32;
  panelsHh: i32;
  panelsLate: i32;
  backIh: i32;
  backHh: i32;
  backLate: i32;
  rowIh: i32;
  rowHh: i32;
  rowLate: i32;

  /** Gate rows [rows or one chunk, max(G, saved)·Hp]: p, overwritten by the saved values, overwritten by dp. */
  gates: i32;
  gatesStride: i32;
  /** One step of q [B, recurrent blocks·Hp], and of the late product [B, late blocks·Hp]. */
  q: i32;
  late: i32;
  /** Gated states r ⊙ h [rows or B, Hp] for the late product; 0 when the cell has none. */
  gated: i32;
  /** Gradients of q [rows, recurrent blocks·Hp]; the leading blocks of the gate rows where the cell shares them. */
  dQ: i32;
  dQStride: i32;
  /** One step of the gradient of the gated state [B, Hp]. */
  dGated: i32;

  /** State rows [B + rows, (Pp +) S·Hp]: the initial states, then the states after each packed row, hidden state first. */
  states: i32;
  statesStride: i32;
  /** What the cell itself gave [rows or B, S·Hp], where zoneout comes between it and the state rows; 0: none. */
  raw: i32;
  /** Share of the old state that stays [rows, S·Hp] (1 or 0 in training), one row of rates in prediction (stride 0); 0: none. */
  zoneout: i32;
  zoneoutStride: i32;
  /** One step of the gradient that goes past the cell [B, S·Hp]. */
  dKept: i32;
  /** Gradient of the output rows [rows, hidden]; 0 when there is none. */
  dOutput: i32;
  dOutputStride: i32;
  /**
   * Gradient carried from step to step, rows like the state rows [B]: of the final states on entry, of the initial states at the
   * end, but for the first step's recurrent product, which few ask for: `recurrentStartBackward` adds it where `startDue` is set.
   */
  dStates: i32;
  startDue: i32;

  /** f32 [B, hidden padded] factors on h before the recurrent product (recurrent dropout), and a masked step with its gradient [2B, Hp]; 0: none. */
  mask: i32;
  masked: i32;
  /** f64 [T, S]: Σ over the batch of ‖dstate_t‖² at each step; 0: not asked for. */
  probe: i32;
  /** The cell's options (activation codes, alpha, beta …). */
  options: i32;
  /** Room for the weight gradients' panels. */
  scratch: i32;
}

/** What a layer normalisation works on: y = gain ⊙ (a − mean) / σ + bias, over all blocks of a row. */
@unmanaged
export class NormPlan {
  /** Blocks of H in a row. */
  blocks: i32;
  units: i32;
  /** What is added to the variance. */
  epsilon: f32;
  /** Parameters [blocks·H] and their gradients, accumulated; the bias may be 0. */
  weightGain: i32;
  dWeightGain: i32;
  weightBias: i32;
  dWeightBias: i32;
  /** Padded copies [blocks·Hp] of gain, its gradient, and bias; the last is a row of 0 where there is no bias. */
  gain: i32;
  dGain: i32;
  bias: i32;
  /** [blocks·Hp] 1, and 0 beyond the last unit of a block. */
  ones: i32;
  /** Rows [rows, blocks·Hp + 1] of (a − mean) / σ, and 1/σ behind it; one row for all (stride 0) where no way back is planned. */
  hat: i32;
  hatStride: i32;
  /** Gradient of y [rows, blocks·Hp], and that of a. */
  dY: i32;
  dYStride: i32;
  dA: i32;
  dAStride: i32;
}

/** What a dense layer works on: y = f(x Wᵀ + b). */
@unmanaged
export class DensePlan {
  /** Input features I. */
  inputSize: i32;
  /** Output features O. */
  outputSize: i32;
  /** Input rows [rows, I], or as i32 [rows] the column that is 1 in each; and their gradient; 0 when nobody wants it. */
  x: i32;
  xStride: i32;
  tokens: i32;
  dX: i32;
  dXStride: i32;
  /** Output rows [rows, O] and their gradient, which the way back turns into that of the pre-activation. */
  y: i32;
  yStride: i32;
  dY: i32;
  dYStride: i32;
  /** Pre-activation rows, the output rows themselves where the slope follows from the value. */
  a: i32;
  /** Parameters W [O, I], b [O] (may be 0), and their gradients, accumulated. */
  weight: i32;
  bias: i32;
  dWeight: i32;
  dBias: i32;
  /** Packed parameters. */
  panels: i32;
  back: i32;
  row: i32;
  /** Activation code and its two numbers. */
  activation: i32;
  alpha: f32;
  beta: f32;
  /** Room for the weight gradient's panels. */
  scratch: i32;
}

/** 1 in the build with assertions: the facade then poisons freed memory. */
export function isDebug(): i32 {
  return ASC_NO_ASSERT ? 0 : 1;
}
