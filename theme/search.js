// The search page: asks Pagefind, which runs here and tells nobody, and lists what answers the question best.
const form = document.querySelector("form[role=search]");
const field = form.elements.q;
const status = document.querySelector("[role=status]");
const list = document.querySelector("#results");
const worried = document.querySelector("#worried"); // the way to the warning signs, where not all of the reader's words were found
const row = document.querySelector("#result").content;
const RESULTS = 10; // as many texts are fetched
const EXCERPT = 30; // words
const PAUSE_MS = 150; // after the last key
const TYPED = 3; // letters by which an unfinished word is looked for
const PAIR = 0.3;
const SYNONYM = 0.9; // what another word counts beside the reader's own
const COMMON = 0.3; // a word that this share of all records holds finds nothing beside a rarer one
const LONG = 9; // from so many letters on, two of a word may be wrong
// What answers comes before what explains, but a term that the reader names is explained first. Boxes of safety come before all others, see `rank`.
const KINDS = { box: 1.3, question: 1.6, answer: 1.5, term: 1.7, passage: 1, finding: 0.95, advice: 0.9, page: 0.8, note: 0.7 };
const URGENCY = ["emergency", "urgent", "soon", "ask"]; // of boxes of safety, in their order
const BOX = 0.6; // how near to the best a box must come to stand first
const SIGN = [10, 0.06]; // and it must hold a word that fewer records hold, or a smaller share of all
const NAMED = 0.9; // how near to the best a term must come to be what the reader names

let engine;
async function load() {
  engine ??= Promise.all([import("../pagefind/pagefind.js"), fetch(new URL("../pagefind/words.json", import.meta.url))])
    .then(async ([pagefind, words]) => {
      await pagefind.options({ noWorker: true, ranking: { metaWeights: { title: 0, url: 0, kind: 0, page: 0, topics: 0, notes: 0 } } });
      const { stop, synonyms, known } = await words.json();
      return {
        pagefind, kinds: await kinds(pagefind, Object.keys(KINDS)), urgency: await kinds(pagefind, URGENCY), stop: new Set(stop), synonyms: new Map(Object.entries(synonyms)),
        known: [...known, ...Object.keys(synonyms).filter((name) => !name.includes(" "))],
      };
    });
  return engine;
}

// The kind of every record by its id, one of some. It is metadata: `kindbox` and so on, words that no text has.
async function kinds(pagefind, names) {
  const found = new Map();
  for (const kind of names) {
    const { results } = await pagefind.search(`"kind${kind}"`);
    for (const { id } of results) found.set(id, kind);
  }
  return found;
}

const words = (text) => text.toLowerCase().replace(/['’]/g, "").match(/[\p{L}\p{N}]+/gu) ?? [];

// What to look for: a list of the reader's words or names, each a list of ways to say it, the reader's own first. Words
// that say nothing are left out, but not those within a name that has synonyms.
function terms(query, { stop, synonyms }) {
  const known = new Map([...synonyms].map(([name, others]) => [words(name).join(" "), others]));
  const longest = Math.max(1, ...[...known.keys()].map((name) => name.split(" ").length));
  const all = words(query);
  const found = [];
  for (let at = 0; at < all.length; at += 1) {
    let length = Math.min(longest, all.length - at);
    while (length > 1 && !known.has(all.slice(at, at + length).join(" "))) length -= 1;
    const name = all.slice(at, at + length).join(" ");
    if (known.has(name) || !stop.has(name)) found.push([name, ...(known.get(name) ?? [])]);
    at += length - 1;
  }
  return found;
}

// The records that hold a word or name as it stands, by id: how well they fit, from 0 to 1, and at which words. Pagefind
// takes the beginning of a word for the word unless it is quoted; but only unquoted does it say how well a record fits.
async function holding(text, { pagefind }) {
  const exact = await pagefind.search(`"${text}"`);
  const held = new Map(exact.results.filter((it) => it.score > 0).map((it) => [it.id, it.words]));
  const fits = (await pagefind.search(text)).results.filter((it) => held.has(it.id));
  const best = Math.max(...fits.map((it) => it.score));
  return fits.map((result) => ({
    result, fit: (2 + result.score / best) / 3, at: text.includes(" ") ? held.get(result.id) : result.words,
  }));
}

// The records that hold a word in any of the ways to say it; each counts the more, the fewer there are.
async function records(ways, index) {
  const found = new Map();
  for (const [place, way] of ways.entries()) {
    for (const it of await holding(way, index)) {
      const fit = it.fit * (place ? SYNONYM : 1);
      if (fit > (found.get(it.result.id)?.fit ?? 0)) found.set(it.result.id, { ...it, fit, isOwn: place === 0 });
    }
  }
  const rare = Math.log(1 + index.kinds.size / found.size);
  for (const it of found.values()) it.score = it.fit * rare;
  return found;
}

// How many letters of one word are wrong, missing or changed about in another: more than `most` counts as one more.
function distance(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let [before, last] = [[], [...Array(other.length + 1).keys()]];
  for (let row = 1; row <= one.length; row += 1) {
    const now = [row];
    for (let at = 1; at <= other.length; at += 1) {
      now[at] = Math.min(last[at] + 1, now[at - 1] + 1, last[at - 1] + (one[row - 1] !== other[at - 1]));
      const isTurned = row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
      if (isTurned) now[at] = Math.min(now[at], before[at - 2] + 1);
    }
    [before, last] = [last, now];
  }
  return last[other.length];
}

// The known word that is nearest to one that stands nowhere; "" if none is near. Few slip at the first letter.
function nearest(text, { known }) {
  let [best, least] = ["", (text.length >= LONG ? 2 : 1) + 1];
  for (const word of text.length < TYPED + 2 ? [] : known) {
    if (word[0] !== text[0]) continue;
    const found = distance(text, word, least - 1);
    if (found < least) [best, least] = [word, found];
  }
  return best;
}

// The records for a word that the reader has not finished.
async function beginning(text, { pagefind }) {
  const found = new Map();
  if (text.length < TYPED) return found;
  const { results } = await pagefind.search(text);
  for (const result of results.slice(0, RESULTS)) {
    const all = words((await result.data()).content);
    if (all.some((word) => word.startsWith(text))) found.set(result.id, { result, score: 1, at: result.words });
  }
  return found;
}

// Adds to the records found so far those for one more of the reader's words.
function add(found, records, isSign) {
  for (const [id, { result, score, at, isOwn }] of records) {
    const so = found.get(id) ?? { id, result, score: 0, held: 0, isSign: false, at: [] };
    found.set(id, { ...so, isSign: isSign || so.isSign, score: so.score + score, held: so.held + 1, isOwn: isOwn || so.isOwn, at: [...so.at, ...at] });
  }
}

// The records for one of the reader's words, and the word that was taken for it, if it stands nowhere itself.
async function meant(ways, isLast, index) {
  const found = await records(ways, index);
  if (found.size || ways.length > 1) return { found };
  const begun = isLast ? await beginning(ways[0], index) : found;
  const word = begun.size ? "" : nearest(ways[0], index);
  return word ? { found: await records([word, ...(index.synonyms.get(word) ?? [])], index), typed: ways[0], word } : { found: begun };
}

// Any of the words will do; the more and the rarer, the better. A word that stands nearly everywhere finds nothing, and
// is not shown, where the reader has another; nor does it name a term. Two words that stand side by side count a little more.
async function find(query) {
  const index = await load();
  const wanted = terms(query, index);
  const all = words(query);
  const each = [];
  for (const [place, ways] of wanted.entries()) each.push(await meant(ways, place === wanted.length - 1, index));
  const isRare = ({ found }) => found.size < COMMON * index.kinds.size;
  const isSign = ({ found }) => found.size < Math.max(SIGN[0], SIGN[1] * index.kinds.size);
  const found = new Map();
  for (const one of each.filter(isRare)) add(found, one.found, isSign(one));
  const others = each.filter((one) => !isRare(one));
  const isAlone = others.length === each.length;
  for (const one of others) {
    const these = [...one.found].filter(([id]) => isAlone || found.has(id));
    add(found, new Map(these.map(([id, it]) => [id, { ...it, isOwn: false, at: isAlone ? it.at : [] }])), false);
  }
  for (let at = 1; at < all.length && found.size; at += 1) {
    for (const [id, { score }] of await records([`${all[at - 1]} ${all[at]}`], index)) {
      if (found.has(id)) found.get(id).score += score * PAIR;
    }
  }
  const taken = each.reduce((text, { typed, word }) => (word ? text.replace(typed, word) : text), all.join(" "));
  return {
    results: rank([...found.values()], index), taken: taken === all.join(" ") ? "" : taken,
    isSure: each.every((one) => one.found.size && !one.word),
  };
}

function rank(all, { kinds, urgency }) {
  const { score, held } = all.reduce((one, two) => (two.score > one.score ? two : one), { score: 0, held: 0 });
  for (const it of all) {
    it.kind = kinds.get(it.id);
    it.isFirst = it.kind === "box" && it.isSign && it.held >= held && it.score >= BOX * score;
    it.urgency = it.isFirst ? URGENCY.indexOf(urgency.get(it.id)) : 0;
    const isNamed = it.isOwn && it.score >= NAMED * score;
    it.score *= KINDS[it.kind === "term" && !isNamed ? "passage" : it.kind] ?? 1;
  }
  return all.sort((one, two) => two.isFirst - one.isFirst || one.urgency - two.urgency || two.score - one.score || (one.id < two.id ? -1 : 1));
}

// Some words of a text from just before the first that was found, those that were found marked.
function excerpt(content, title, at) {
  const all = content.split(/\s+/);
  const body = title.split(/\s+/).length;
  const found = new Set(at);
  const first = Math.min(...at.filter((place) => place >= body), all.length);
  const start = first === all.length ? body : Math.max(body, first - EXCERPT / 3);
  const copy = document.createDocumentFragment();
  if (start > body) copy.append("… ");
  all.slice(start, start + EXCERPT).forEach((word, place) => {
    const mark = found.has(start + place) && document.createElement("mark");
    if (mark) mark.append(word);
    copy.append(mark || word, " ");
  });
  if (start + EXCERPT < all.length) copy.append("…");
  return copy;
}

async function item({ result, at, kind }) {
  const { content, meta } = await result.data();
  const copy = row.cloneNode(true);
  copy.firstElementChild.dataset.kind = kind;
  const link = copy.querySelector("a");
  const { pathname, hash } = new URL(`..${meta.url}`, import.meta.url); // below the folder that the site stands in
  link.href = pathname + hash;
  link.textContent = meta.title;
  copy.querySelector("[data-excerpt]").append(excerpt(content, meta.title, at));
  for (const name of ["page", "topics", "notes"]) {
    const place = copy.querySelector(`[data-${name}]`);
    if (meta[name]) place.append(" ", meta[name]);
    else place.remove();
  }
  return copy;
}

function tell(query, { results, taken }) {
  if (!query) return "";
  if (!results.length) return `Nothing was found for “${query}”.`;
  return taken ? `Nothing was found for “${query}”. Here is what was found for “${taken}”.` : `Results for “${query}”.`;
}

async function search() {
  const query = field.value.trim();
  history.replaceState(null, "", query ? `?q=${encodeURIComponent(query)}` : location.pathname);
  try {
    const found = query ? await find(query) : { results: [] };
    const items = await Promise.all(found.results.slice(0, RESULTS).map(item));
    if (query !== field.value.trim()) return; // the reader has typed on
    list.replaceChildren(...items);
    status.textContent = tell(query, found);
    if (worried) worried.hidden = !query || (items.length > 0 && found.isSure);
  } catch {
    status.textContent = "The search could not be loaded. Here is what this site answers and explains:";
  }
}

let pause;
function typed() {
  clearTimeout(pause);
  pause = setTimeout(search, PAUSE_MS);
}

field.value = new URLSearchParams(location.search).get("q") ?? "";
form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(pause); search(); });
field.addEventListener("input", typed);
field.addEventListener("focus", load, { once: true });
if (field.value) search();
