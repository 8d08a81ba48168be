export function partSizes(): Promise<{ readonly part: string; readonly bytes: number; readonly gzip: number }[]>;
