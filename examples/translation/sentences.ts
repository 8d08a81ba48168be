/**
 * A small piece of English and of German, generated: genders, two cases, three tenses, verbs that move to the end, and more
 * than one right translation, some said more often than others.
 */

type Gender = "m" | "f" | "n";
/** A German noun, and how often it is taken among those that mean the same. */
type Noun = readonly [german: string, gender: Gender, share: number];

const nouns: Readonly<Record<string, readonly Noun[]>> = {
  dog: [["Hund", "m", 1]],
  cat: [["Katze", "f", 1]],
  woman: [["Frau", "f", 1]],
  man: [["Mann", "m", 1]],
  child: [["Kind", "n", 1]],
  teacher: [["Lehrerin", "f", 1]],
  guest: [["Gast", "m", 1]],
  girl: [["Mädchen", "n", 1]],
  // Two names of the same thing, of different genders.
  car: [
    ["Auto", "n", 0.6],
    ["Wagen", "m", 0.4],
  ],
  flat: [
    ["Wohnung", "f", 0.7],
    ["Apartment", "n", 0.3],
  ],
  picture: [["Bild", "n", 1]],
  letter: [["Brief", "m", 1]],
  flower: [["Blume", "f", 1]],
  house: [["Haus", "n", 1]],
};
const adjectives: Readonly<Record<string, string>> = {
  ...{ old: "alt", small: "klein", new: "neu", beautiful: "schön", strange: "fremd", young: "jung" },
};
/** Third person, participle and infinitive, in both languages. */
const verbs = [
  ["sees seen see", "sieht gesehen sehen"],
  ["buys bought buy", "kauft gekauft kaufen"],
  ["finds found find", "findet gefunden finden"],
  ["paints painted paint", "malt gemalt malen"],
  ["loves loved love", "liebt geliebt lieben"],
  ["seeks sought seek", "sucht gesucht suchen"],
].map((pair) => pair.map((forms) => forms.split(" ")));
const times: Readonly<Record<string, string>> = { today: "heute", often: "oft", now: "jetzt", again: "wieder" };

/** der, den …; ein, einen …: first as subject, then as object. */
const articles = {
  the: { m: ["der", "den"], f: ["die", "die"], n: ["das", "das"] },
  a: { m: ["ein", "einen"], f: ["eine", "eine"], n: ["ein", "ein"] },
} as const;
const endings = {
  the: { m: ["e", "en"], f: ["e", "e"], n: ["e", "e"] },
  a: { m: ["er", "en"], f: ["e", "e"], n: ["es", "es"] },
} as const;

/** A translation, and how often it is said. */
export interface Way {
  readonly words: readonly string[];
  readonly share: number;
}

/** A sentence with all its right translations; `said` is one of them, drawn by how often each is said. */
export interface Sentence {
  readonly english: readonly string[];
  readonly ways: readonly Way[];
  readonly said: readonly string[];
}

/** Subject or object, in all ways. */
function phrase(english: readonly string[], isObject: boolean): Way[] {
  const article = english[0] as "the" | "a";
  const adjective = english.length > 2 ? adjectives[english[1] ?? ""] : undefined;
  return (nouns[english.at(-1) ?? ""] ?? []).map(([noun, gender, share]) => {
    const place = isObject ? 1 : 0;
    const inflected = adjective === undefined ? [] : [adjective + endings[article][gender][place]];
    return { words: [articles[article][gender][place], ...inflected, noun], share };
  });
}

/** What is said of subject and object: finite verb, what stands at the end with it, and when. */
interface Predicate {
  readonly verb: readonly string[];
  readonly end: readonly string[];
  readonly time: readonly string[];
}

/** In a main clause the verb is second: after the time, or after the subject. In the other it is last. */
function orders(subject: Way, object: Way, { verb, end, time }: Predicate, isMain: boolean): Way[] {
  const share = subject.share * object.share;
  const [who, whom] = [subject.words, object.words];
  const told: [number, readonly string[]][] = isMain
    ? [
        [0.4, [...time, ...verb, ...who, ...whom, ...end]],
        [0.3, [...who, ...verb, ...time, ...whom, ...end]],
        [0.3, [...who, ...verb, ...whom, ...time, ...end]],
      ]
    : [
        [0.7, [...who, ...time, ...whom, ...end, ...verb]],
        [0.3, [...time, ...who, ...whom, ...end, ...verb]],
      ];
  if (time.length > 0) return told.map(([part, words]) => ({ words, share: part * share }));
  return [{ words: isMain ? [...who, ...verb, ...whom, ...end] : [...who, ...whom, ...end, ...verb], share }];
}

/** Numbers between 0 and 1 from a seed: Park and Miller's generator, whose products stay below 2⁵³. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** One clause in English, and in German in all ways. */
function clause(random: () => number, isMain: boolean): { english: string[]; ways: Way[] } {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  const thing = () => {
    const adjective = random() < 0.6 ? [pick(Object.keys(adjectives))] : [];
    return [pick(["the", "a"]), ...adjective, pick(Object.keys(nouns))];
  };
  const [subject, object, tense] = [thing(), thing(), pick([0, 1, 2])];
  const [[sees, seen, see], [sieht, gesehen, sehen]] = pick(verbs) as [string[], string[]];
  const time = random() < 0.7 ? pick(Object.entries(times)) : [];
  const told = [[sees], ["has", seen], ["wants", "to", see]][tense] as string[];
  const [verb, end] = [
    [[sieht], []],
    [["hat"], [gesehen]],
    [["will"], [sehen]],
  ][tense] as [string[], string[]];
  const predicate = { verb, end, time: time.slice(1) };
  const ways = phrase(subject, false).flatMap((who) =>
    phrase(object, true).flatMap((whom) => orders(who, whom, predicate, isMain)),
  );
  return { english: [...subject, ...told, ...object, ...time.slice(0, 1)], ways };
}

function because(main: readonly Way[], other: readonly Way[]): Way[] {
  return main.flatMap((first) =>
    other.map((second) => ({
      words: [...first.words, ",", "weil", ...second.words],
      share: first.share * second.share,
    })),
  );
}

/**
 * Sentences no two of which are alike, the same for the same seed.
 * @param reasons share of those that give a reason: they have two clauses
 */
export function sentences(count: number, seed: number, reasons = 0): Sentence[] {
  const random = numbers(seed);
  const found = new Map<string, Sentence>();
  while (found.size < count) {
    let { english, ways } = clause(random, true);
    if (random() < reasons) {
      const other = clause(random, false);
      english = [...english, "because", ...other.english];
      ways = because(ways, other.ways);
    }
    const said = drawn(ways, random());
    if (!found.has(english.join(" "))) found.set(english.join(" "), { english, ways, said });
  }
  return [...found.values()];
}

function drawn(ways: readonly Way[], u: number): readonly string[] {
  let rest = u;
  for (const { words, share } of ways) {
    if (rest < share) return words;
    rest -= share;
  }
  return ways.at(-1)?.words ?? [];
}
