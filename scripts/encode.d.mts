export function encode(bytes: Uint8Array): string;
