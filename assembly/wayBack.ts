/**
 * Defined in the build that trains. The one for predictions alone (predict.ts) does not import this file, and `describe` leaves
 * the way back out.
 */
// @ts-ignore: decorator
@global export const WAY_BACK: bool = true;
