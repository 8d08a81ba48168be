import type { OracleCell } from "./cell.js";

/**
 * A cell some of whose units keep their old state (Krueger et al. 2017): s' = s_cell + k ⊙ (s − s_cell), k the share that is kept:
 * 1 or 0 where it is drawn, the rate where its mean is taken.
 * @param keepsHidden whether h is among those states: a projected layer then keeps the cell's own h too
 */
export function zoned(cell: OracleCell, keepsHidden: boolean): OracleCell {
  return {
    ...cell,
    readsHidden: cell.readsHidden || keepsHidden,
    step(weights, x, previous, hidden, kept) {
      const inner = cell.step(weights, x, previous, hidden);
      return {
        next: inner.next.map((state, index) => {
          const share = kept?.[index];
          return share === undefined ? state : state.map((value, j) => value + share[j] * (previous[index][j] - value));
        }),
        undo(dNext, gradients) {
          const dCell = dNext.map((d, index) => d.map((value, j) => value * (1 - (kept?.[index]?.[j] ?? 0))));
          const result = inner.undo(dCell, gradients);
          const dPrevious = result.dPrevious.map((d, index) =>
            d.map((value, j) => value + dNext[index][j] * (kept?.[index]?.[j] ?? 0)),
          );
          return { ...result, dPrevious };
        },
      };
    },
  };
}
