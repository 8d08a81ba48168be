/** Text of printable characters for the bytes of a module, as `src/wasm/decode.ts` reads it and explains it. */
export function encode(bytes) {
  let text = "";
  for (const byte of bytes) {
    const turned = (byte + 3) & 255;
    if (turned < 89) text += digit(turned);
    else text += digit(89 + Math.floor((turned - 89) / 91)) + digit((turned - 89) % 91);
  }
  return text;
}

function digit(value) {
  return String.fromCharCode(value + 35 < 92 ? value + 35 : value + 36);
}
