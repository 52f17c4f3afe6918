"use strict";
(() => {
/* The page plays by itself: all points of the sliders were run beforehand and stand in the data, with their words.
   Text goes in as text, never as markup. */
const data = JSON.parse(document.getElementById("data").textContent);
const { words, firms, points, sliders, metrics, years } = data;
const places = sliders.map((slider) => slider.base);
const state = { metric: 0, nearest: "" };
const LETTER = 7.6, LINE = 18, PRINTED = 660, GAP = 26, NARROWEST = 270;

const one = (id) => document.getElementById(id);
const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

/* A sentence with its named gaps filled. */
const fill = (text, gaps) => text.replace(/\{(\w+)\}/g, (whole, name) => (name in gaps ? gaps[name] : whole));

/* The point at which the sliders stand; the last slider changes fastest. */
const numberOf = (at) => at.reduce((number, place, which) => number * sliders[which].numbers.length + place, 0);
const shown = () => numberOf(places);

function make(tag, attributes = {}, ...inside) {
  const vector = ["svg", "g", "line", "path", "rect", "circle", "text", "title"].includes(tag);
  const made = vector ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
}

const paragraph = (text, kind = "") => make("p", kind ? { class: kind } : {}, text);
const colour = (firm) => `f${firm % 7}`;
const short = (name, letters) => (name.length > letters ? `${name.slice(0, Math.max(1, letters - 1))}…` : name);

/* ---- numbers on axes ---- */

function ticks(low, high, about) {
  const span = high - low || 1, rough = span / about, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough * 0.999);
  const found = [];
  for (let tick = Math.ceil(low / step - 1e-9); tick * step <= high + step * 1e-9; tick += 1) found.push(tick * step || 0);
  return found;
}

const whole = new Intl.NumberFormat(data.lang, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(data.lang, { notation: "compact", maximumSignificantDigits: 3 });
const onAxis = (value, unit) => (unit === "share" ? `${compact.format(100 * value)} %` : compact.format(value));
const known = (values) => values.filter((value) => value !== null);

/* Lowest and highest of numbers, 0 among them: the same at every point, so that a bar that grows has grown. */
function reach(values) {
  let low = 0, high = 0;
  for (const value of known(values)) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low === high ? [low, low + 1] : [low, high];
}

/* Means of all points, and the intervals of the market as written; a longer interval ends at the edge. */
const written = points[data.base];
const means = (cells) => cells.map((cell) => cell[0]);
const ends = (cells) => cells.flatMap((cell) => cell.slice(0, 3));
const compared = (point, metric) => [...(point.against[metric] ?? []), ...point.between[metric]];
const reaches = {
  customers: reach([...points.flatMap((point) => point.lines.flatMap((line) => line[0])), ...written.lines.flat(2)]),
  levels: metrics.map((_, metric) =>
    reach([...points.flatMap((point) => means(point.levels[metric])), ...ends(written.levels[metric])])),
  differences: metrics.map((_, metric) =>
    reach([...points.flatMap((point) => means(compared(point, metric))), ...ends(compared(written, metric))])),
};
const within = (value, [low, high]) => Math.min(high, Math.max(low, value));

/* ---- sentences ---- */

const valueOf = (which) => {
  const text = sliders[which].texts[places[which]];
  return places[which] === sliders[which].base ? fill(words.asWritten, { value: text }) : text;
};
const settings = () => sliders.map((slider, which) =>
  fill(words.setting, { words: slider.words, value: valueOf(which) })).join("; ");
const levelsOf = (point, metric) => fill(words.level, {
  metric: metrics[metric].label,
  levels: firms.map((firm, place) => fill(words.ofFirm, { firm, value: point.levels[metric][place][3] })).join(", "),
});
const verdict = (cell) => (cell[5] === 0 ? words.open : words.surely);
const told = (template, names, cell) =>
  fill(template, { ...names, difference: cell[3], span: cell[4], verdict: verdict(cell) });
const between = (point, metric) => point.between[metric].map((cell, place) =>
  told(words.between, { a: firms[0], b: firms[place + 1] }, cell));
const against = (point, metric) => (point.against[metric] ?? []).map((cell, place) =>
  told(words.against, { firm: firms[place] }, cell));

function summary(point) {
  const box = one("summary"), lines = [paragraph(fill(words.shown, { settings: settings() }), "first")];
  if (state.nearest) lines.unshift(paragraph(state.nearest));
  lines.push(paragraph(levelsOf(point, state.metric)));
  for (const text of between(point, state.metric)) lines.push(paragraph(text));
  if (!point.against.length) lines.push(paragraph(words.unchanged));
  for (const text of against(point, state.metric)) lines.push(paragraph(text));
  lines.push(paragraph(fill(words.runs, { n: point.n }), "quiet"));
  box.replaceChildren(...lines);
}

/* ---- pictures: each is an SVG with words for those who cannot see it, and a table behind it ---- */

function picture(width, height, label) {
  return make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
}

const lettering = (x, y, text, kind = "", anchor = "start") =>
  make("text", { x, y, "text-anchor": anchor, ...(kind ? { class: kind } : {}) }, text);

function table(figure, caption, head, rows) {
  const top = make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)));
  const body = rows.map(([first, ...rest]) =>
    make("tr", {}, make("th", { scope: "row" }, first), ...rest.map((text) => make("td", {}, text))));
  figure.querySelector(".table").replaceChildren(
    make("table", {}, make("caption", {}, caption), make("thead", {}, top), make("tbody", {}, ...body)));
}

const trail = (values, x, y) => values.map((value, place) =>
  (value === null ? "" : `${place && values[place - 1] !== null ? "L" : "M"}${x(years[place])} ${y(value)}`)).join("");

function band(low, high, x, y) {
  const there = years.map((_, place) => place).filter((place) => low[place] !== null && high[place] !== null);
  const up = there.map((place) => `${x(years[place])} ${y(high[place])}`);
  const down = [...there].reverse().map((place) => `${x(years[place])} ${y(low[place])}`);
  return there.length ? `M${[...up, ...down].join("L")}Z` : "";
}

/* Labels at the ends of lines, pushed apart so that none stands on another. */
function apart(wanted, low, high) {
  const order = wanted.map((_, place) => place).sort((a, b) => wanted[a] - wanted[b]), found = [...wanted];
  let least = low;
  for (const place of order) {
    found[place] = Math.max(least, found[place]);
    least = found[place] + LINE;
  }
  let most = high;
  for (const place of order.reverse()) {
    found[place] = Math.min(most, found[place]);
    most = found[place] - LINE;
  }
  return found;
}

function customers(point, width) {
  const figure = one("customers"), last = years.length - 1;
  const now = firms.map((_, firm) => point.lines[firm][0][last] ?? 0);
  const names = firms.map((firm, place) => fill(words.ofFirm, { firm, value: whole.format(now[place]) }));
  const right = Math.min(0.4 * width, 14 + LETTER * Math.max(...names.map((name) => name.length)));
  const height = Math.max(250, Math.min(430, 0.56 * width)), [, high] = reaches.customers;
  const marks = ticks(0, high, 5), left = 10 + LETTER * Math.max(...marks.map((mark) => whole.format(mark).length));
  const end = years[last], foot = height - 40, x = (year) => left + (year / end) * (width - left - right);
  const y = (value) => foot - (within(value, [0, high]) / high) * (foot - 12);
  const svg = picture(width, height, `${one("customers").querySelector("h3").textContent}. ${names.join(", ")}.`);
  for (const mark of marks) {
    svg.append(make("line", { class: "grid", x1: left, x2: width - right, y1: y(mark), y2: y(mark) }),
      lettering(left - 6, y(mark) + 4, whole.format(mark), "small", "end"));
  }
  for (const mark of ticks(0, end, width < 500 ? 4 : 8))
    svg.append(lettering(x(mark), foot + 17, compact.format(mark), "small", "middle"));
  svg.append(lettering((left + width - right) / 2, foot + 34, words.years, "small", "middle"));
  const heights = apart(now.map((value) => y(value) + 5), 17, foot + 4);
  firms.forEach((_, firm) => {
    const [mean, low, top] = point.lines[firm], kind = colour(firm);
    svg.append(make("path", { class: `band b ${kind}`, d: band(low, top, x, y) }));
    if (point !== written)
      svg.append(make("path", { class: `curve written s ${kind}`, d: trail(written.lines[firm][0], x, y) }));
    svg.append(make("path", { class: `curve s ${kind}`, d: trail(mean, x, y) }),
      make("circle", { class: `b ${kind}`, cx: width - right, cy: y(now[firm]), r: 4 }));
    const whose = fill(words.ofFirm, { firm: short(firms[firm], (right - 14) / LETTER - names[firm].length
      + firms[firm].length), value: whole.format(now[firm]) });
    svg.append(make("text", { x: width - right + 9, y: heights[firm] }, make("title", {}, names[firm]), whose));
  });
  figure.querySelector(".drawing").replaceChildren(svg);
  const cell = (firm, place) => {
    const [mean, low, top] = point.lines[firm].map((line) => line[place]);
    return mean === null ? "–" : low === null ? whole.format(mean)
      : `${whole.format(mean)} (${whole.format(low)}–${whole.format(top)})`;
  };
  table(figure, figure.querySelector("figcaption").textContent, [words.year, ...firms],
    data.wholeYears.map((place) => [whole.format(years[place]), ...firms.map((_, firm) => cell(firm, place))]));
}

function differences(point, width) {
  const figure = one("difference"), metric = metrics[state.metric], row = 62;
  const pairs = point.between[state.metric].map((cell, place) =>
    ({ cell, firm: -1, label: fill(words.minus, { a: firms[0], b: firms[place + 1] }) }));
  const changes = (point.against[state.metric] ?? []).map((cell, firm) =>
    ({ cell, firm, label: fill(words.change, { firm: firms[firm] }) }));
  const rows = [...pairs, ...changes], drawing = figure.querySelector(".drawing");
  table(figure, metric.label, [words.metric, words.differenceHead, words.interval, ""],
    rows.map(({ label, cell }) => [label, cell[3], cell[4], verdict(cell)]));
  if (!rows.length) {
    drawing.replaceChildren(paragraph(words.unchanged));
    return;
  }
  const [low, high] = reaches.differences[state.metric], height = 24 + row * rows.length + 26, edge = 26;
  const x = (value) => edge + ((within(value, [low, high]) - low) / (high - low)) * (width - 2 * edge);
  const svg = picture(width, height, `${metric.label}. ${[...between(point, state.metric),
    ...against(point, state.metric)].join(" ")}`);
  svg.append(lettering(0, 15, short(metric.label, width / LETTER)));
  for (const mark of ticks(low, high, width < 500 ? 5 : 8)) {
    svg.append(make("line", { class: Math.abs(mark) < 1e-12 ? "zero" : "grid", x1: x(mark), x2: x(mark), y1: 24,
      y2: height - 22 }), lettering(x(mark), height - 6, onAxis(mark, metric.unit), "small", "middle"));
  }
  rows.forEach(({ label, cell, firm }, place) => {
    const top = 24 + row * place, at = top + 50, kind = firm < 0 ? "" : ` ${colour(firm)}`;
    svg.append(lettering(0, top + 18, short(label, width / LETTER)),
      lettering(0, top + 35, `${cell[3]} (${cell[4]})`, "small"));
    if (cell[0] === null) return;
    if (cell[1] !== null)
      svg.append(make("line", { class: "span", x1: x(cell[1]), x2: x(cell[2]), y1: at, y2: at }));
    svg.append(make("circle", { class: cell[5] === 0 ? "open" : firm < 0 ? "" : `b${kind}`, cx: x(cell[0]), cy: at,
      r: 6, ...(firm < 0 && cell[5] !== 0 ? { fill: "currentColor" } : {}) }));
  });
  drawing.replaceChildren(svg);
}

function bars(point, width) {
  const figure = one("bars"), row = 44, drawing = figure.querySelector(".drawing");
  const side = Math.max(1, Math.floor((width + GAP) / (NARROWEST + GAP))), rows = [];
  const across = Math.floor((width - GAP * (side - 1)) / side);
  drawing.replaceChildren(...metrics.map((metric, number) => {
    const cells = point.levels[number], [low, high] = reaches.levels[number];
    const x = (value) => 2 + ((within(value, [low, high]) - low) / (high - low)) * (across - 4);
    const svg = picture(across, row * firms.length + 4, levelsOf(point, number));
    cells.forEach((cell, firm) => {
      const top = row * firm, before = written.levels[number][firm][0], value = cell[3];
      rows.push([metric.label, firms[firm], cell[3], cell[4]]);
      svg.append(lettering(0, top + 15, short(firms[firm], (across - 12) / LETTER - value.length)),
        lettering(across, top + 15, value, "", "end"));
      svg.append(make("line", { class: "zero", x1: x(0), x2: x(0), y1: top + 19, y2: top + 38 }));
      if (cell[0] === null) return;
      svg.append(make("rect", { class: `b ${colour(firm)}`, x: Math.min(x(0), x(cell[0])), y: top + 22,
        width: Math.abs(x(cell[0]) - x(0)), height: 13 }));
      if (cell[1] !== null)
        svg.append(make("line", { class: "span", x1: x(cell[1]), x2: x(cell[2]), y1: top + 28.5, y2: top + 28.5 }));
      if (before !== null)
        svg.append(make("line", { class: "mark", x1: x(before), x2: x(before), y1: top + 19, y2: top + 38 }));
    });
    return make("div", {}, paragraph(metric.label), svg);
  }));
  table(figure, figure.querySelector("figcaption").textContent,
    [words.metric, words.firm, words.mean, words.interval], rows);
}

/* ---- what people do ---- */

function draw(width) {
  if (one("after").hidden) return;
  const point = points[shown()];
  for (const [name, drawn] of Object.entries({ customers, difference: differences, bars }))
    drawn(point, Math.round(width ?? one(name).querySelector(".drawing").clientWidth));
}

function show() {
  sliders.forEach((slider, which) => {
    const input = one(`slider-${which}`);
    input.value = places[which];
    input.setAttribute("aria-valuetext", valueOf(which));
    one(`value-${which}`).textContent = valueOf(which);
  });
  one("command").textContent = points[shown()].command;
  summary(points[shown()]);
  draw();
}

function moveTo(which, place, typed = null) {
  places[which] = place;
  const { numbers, texts } = sliders[which];
  state.nearest = typed === null || Math.abs(numbers[place] - typed) < 1e-9 ? ""
    : fill(words.nearest, { typed: new Intl.NumberFormat(data.lang).format(typed), value: texts[place] });
  show();
}

const nearestTo = (value, numbers) => numbers.reduce((best, number, place) =>
  (Math.abs(number - value) < Math.abs(numbers[best] - value) ? place : best), 0);

/* What was bet, what the runs say, and the numbers behind it. */
function answer(form, name, truth, text, lines) {
  const bet = form.elements[name].value, sure = form.elements[`sure-${name}`].value;
  const said = form.querySelector(`input[name="${name}"]:checked`).parentElement.textContent.trim();
  return [paragraph(fill(words.bet, { bet: said, sure })), paragraph(fill(words.truth, { truth: text }), "first"),
    paragraph(bet === String(truth) ? words.right : words.wrong), ...lines.map((line) => paragraph(line))];
}

function reveal(form) {
  const found = [], change = points[data.far].against[0][data.firm];
  if (firms.length > 1)
    found.push(...answer(form, "leader", data.leader, data.leader < 0 ? words.tooClose : firms[data.leader],
      [levelsOf(written, 0), ...between(written, 0)]));
  const text = { 1: words.rises, "-1": words.falls, 0: words.tooClose }[change[5]];
  found.push(...answer(form, "change", change[5], text, [told(words.against, { firm: firms[data.firm] }, change)]));
  one("reveal").replaceChildren(...found);
}

const bet = one("bet");
bet.addEventListener("submit", (event) => {
  event.preventDefault();
  reveal(bet);
  all("input, textarea, button", bet).forEach((input) => { input.disabled = true; });
  bet.querySelector("button").hidden = true;
  one("after").hidden = false;
  show();
  one("h-reveal").focus();
});
all(".sure input").forEach((input) => input.addEventListener("input", () => {
  input.nextElementSibling.textContent = `${input.value} %`;
}));
all(".slider").forEach((slider, which) => {
  const exact = all(".exact")[which];
  slider.addEventListener("input", () => {
    exact.value = "";
    moveTo(which, Number(slider.value));
  });
  exact.addEventListener("change", () => {
    if (exact.value !== "" && Number.isFinite(exact.valueAsNumber))
      moveTo(which, nearestTo(exact.valueAsNumber, sliders[which].numbers), exact.valueAsNumber);
  });
});
one("back").addEventListener("click", () => {
  sliders.forEach((slider, which) => { places[which] = slider.base; });
  all(".exact").forEach((input) => { input.value = ""; });
  state.nearest = "";
  show();
});
one("metric").addEventListener("change", (event) => {
  state.metric = Number(event.target.value);
  show();
});
window.addEventListener("resize", () => draw());
window.addEventListener("beforeprint", () => draw(PRINTED));
window.addEventListener("afterprint", () => draw());
})();
