const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Names the months from January of a year on. */
const monthsFrom = (year) => (i) => `${monthNames[i % 12]} ${year + Math.floor(i / 12)}`;

/** Series to choose from: `load()` gives `values` oldest first, `label(index)` of a step, and steps in a `cycle`. */
export const series = [
  {
    name: "Airline passengers",
    about: "thousands a month, 1949 to 1960",
    horizon: 24,
    async load() {
      const { values } = await (await fetch("../../demo/data/airlinePassengers.json")).json();
      return { values, label: monthsFrom(1949), cycle: 12 };
    },
  },
  {
    name: "Cold nights",
    about: "mean daily minimum in Melbourne, °C, a month, 1981 to 1990",
    horizon: 18,
    async load() {
      const text = await (await fetch("../data/temperatures/dailyMinimum.csv")).text();
      return { values: monthlyMeans(text), label: monthsFrom(1981), cycle: 12 };
    },
  },
  {
    name: "A tide",
    about: "metres by the hour for three weeks, made from five constituents and noise",
    horizon: 48,
    async load() {
      return {
        values: tide(21 * 24),
        label: (i) => `day ${1 + Math.floor(i / 24)}${i % 24 === 0 ? "" : `, ${i % 24}:00`}`,
        cycle: 24,
      };
    },
  },
];

/** Means of the months of lines `"1981-01-01",20.7`. */
function monthlyMeans(text) {
  const months = new Map();
  for (const line of text.trim().split(/\r?\n/).slice(1)) {
    const [day, value] = line.replaceAll('"', "").split(",");
    const month = day.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), Number(value)]);
  }
  return Array.from(months.values(), (values) => values.reduce((sum, value) => sum + value, 0) / values.length);
}

/** Height in metres, hour by hour: amplitude, degrees an hour and phase of M2, S2, N2, K1, O1; noise of 4 cm. */
function tide(hours) {
  const constituents = [
    [1.2, 28.984, 0.4],
    [0.4, 30, 1.1],
    [0.25, 28.44, 2.2],
    [0.15, 15.041, 0.9],
    [0.1, 13.943, 2.8],
  ];
  let state = 1;
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return 0.14 * (state / 2 ** 32 - 0.5);
  };
  return Array.from({ length: hours }, (_, hour) =>
    constituents.reduce(
      (sum, [height, speed, phase]) => sum + height * Math.cos((speed * hour * Math.PI) / 180 + phase),
      noise(),
    ),
  );
}

/**
 * The values of pasted text: the last column of each line, a header left out.
 * @throws Error naming the line that is no number
 */
export function readPasted(text) {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const cells = lines.map(
    (line) =>
      line
        .split(/[;,\t]/)
        .at(-1)
        ?.trim()
        .replaceAll('"', "") ?? "",
  );
  const values = [];
  for (const [i, cell] of cells.entries()) {
    if (lines[i] === "") continue;
    const value = cell === "" ? Number.NaN : Number(cell);
    if (Number.isFinite(value)) values.push(value);
    else if (values.length > 0 || i > 0) throw new Error(`Line ${i + 1} ends with “${cell}”, which is no number.`);
  }
  if (values.length === 0) throw new Error("There are no values yet. Paste some, one a line.");
  return { values, label: (i) => `step ${i + 1}` };
}
