"use strict";
(async () => {
  const $ = (id) => document.getElementById(id);
  if (!("DecompressionStream" in window)) { document.documentElement.classList.add("off"); return; }

  // The list: columns by their distinct values; a row is a number, its cells are codes.
  const unpack = async (text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text());
  };
  const list = await unpack(JSON.parse($("list-data").textContent));
  const total = list.ids.length;
  const columns = new Map(list.columns.map((c) => [c.key, { ...c, codes: Int32Array.from(c.codes) }]));
  const folded = list.ids.map((id) => id.toLowerCase());
  const status = columns.get("status");
  const names = ["selected", "waitlisted", "declined", "ineligible", "incomplete", "duplicate"];
  const cell = (column, row) => (column.codes[row] < 0 ? "" : column.values[column.codes[row]]);
  const rank = (row) => (row < list.ranked ? row + 1 : 0);
  const words = list.words, numbers = words.numbers;
  const format = (n) => (n < numbers.grouped_from ? `${n}` : `${n}`.replace(/\B(?=(\d{3})+$)/g, numbers.thousands));
  const say = (name, facts = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => facts[key]);
  const make = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  // What is asked for, and the rows that answer.
  const asked = { words: "", statuses: new Set(), chosen: new Map(), key: "rank", down: false };
  let rows = Int32Array.from({ length: total }, (_, row) => row);
  let here = 0;

  const matching = (word) => {
    const hits = [...columns.values()].filter((c) => c.key !== "status" && c.key !== "reason")
      .map((c) => [c.codes, Uint8Array.from(c.values, (v) => (c.number ? 0 : Number(v.toLowerCase().includes(word))))])
      .filter(([, hit]) => hit.includes(1));
    return (row) => folded[row].includes(word) || hits.some(([codes, hit]) => codes[row] >= 0 && hit[codes[row]]);
  };
  const compare = () => {
    if (asked.key === "rank") return null;
    if (asked.key === "id") return (a, b) => (list.ids[a] < list.ids[b] ? -1 : list.ids[a] > list.ids[b] ? 1 : a - b);
    const codes = columns.get(asked.key).codes;
    return (a, b) => codes[a] - codes[b] || a - b;
  };
  const refresh = () => {
    const tests = asked.words.split(/\s+/).filter(Boolean).map(matching);
    for (const [key, code] of asked.chosen) {
      const codes = columns.get(key).codes;
      tests.push((row) => codes[row] === code);
    }
    if (asked.statuses.size) tests.push((row) => asked.statuses.has(status.codes[row]));
    const kept = [];
    for (let row = 0; row < total; row++) if (tests.every((test) => test(row))) kept.push(row);
    const order = compare();
    if (order) {
      // Those without a value stay last, whichever way the others are turned.
      const codes = asked.key === "id" ? null : columns.get(asked.key).codes;
      const without = codes ? kept.filter((row) => codes[row] < 0) : [];
      const valued = codes ? kept.filter((row) => codes[row] >= 0) : kept;
      valued.sort(asked.down ? (a, b) => order(b, a) : order);
      rows = Int32Array.from([...valued, ...without]);
    } else {
      rows = Int32Array.from(asked.down ? kept.reverse() : kept);
    }
    here = 0;
    $("told").textContent = say(rows.length === total ? "all" : "some", { shown: format(rows.length), total: format(total) });
    $("nobody").hidden = rows.length > 0;
    $("rows").setAttribute("aria-rowcount", rows.length + 1);
    $("view").scrollTop = 0;
    draw();
  };

  // Only the rows in sight are in the page.
  const shown = [...columns.values()].filter((c) => c.shown);
  const more = shown.length - 3;
  const height = () => parseInt(getComputedStyle($("rows")).getPropertyValue("--row"), 10);
  const line = (row, place, size) => {
    const made = make("div", { class: "row", role: "row", "aria-rowindex": place + 2, "data-place": place });
    made.style.top = `${place * size}px`;
    if (place === here) made.classList.add("here");
    const open = make("button", { type: "button", class: "open", "aria-haspopup": "dialog", tabindex: place === here ? 0 : -1 }, list.ids[row]);
    const number = make("div", { role: "cell", class: "r n rank", "data-short": say("short_rank", { n: format(rank(row)) }) }, rank(row) ? format(rank(row)) : "");
    made.append(number, make("div", { role: "cell", class: "id" }, open));
    for (const [number, column] of shown.entries()) {
      const text = cell(column, row);
      const kind = column.key === "status" ? `status ${names[column.codes[row]]}` : column.key === "score" ? "r n score" : column.key === "reason" ? "reason" : `more${column.number ? " r" : ""}`;
      const short = column.key === "score" ? say("short_score", { n: text }) : null;
      made.append(make("div", { role: "cell", class: kind, "data-short": short, title: number > 1 && text.length > 14 ? text : null }, make("bdi", {}, text)));
    }
    return made;
  };
  const draw = () => {
    const view = $("view"), size = height();
    $("space").style.height = `${rows.length * size}px`;
    const first = Math.max(0, Math.floor(view.scrollTop / size) - 6);
    const last = Math.min(rows.length, Math.ceil((view.scrollTop + view.clientHeight) / size) + 6);
    const focused = document.activeElement?.classList.contains("open");
    const lines = [];
    for (let place = first; place < last; place++) lines.push(line(rows[place], place, size));
    $("space").replaceChildren(...lines);
    if (focused) focus();
  };
  const focus = () => $("space").querySelector(".here .open")?.focus({ preventScroll: true });
  const move = (to, take = true) => {
    if (!rows.length) return;
    here = Math.max(0, Math.min(rows.length - 1, to));
    const view = $("view"), size = height();
    if (here * size < view.scrollTop) view.scrollTop = here * size;
    if ((here + 1) * size > view.scrollTop + view.clientHeight) view.scrollTop = (here + 1) * size - view.clientHeight;
    draw();
    if (take) focus();
  };

  // One applicant, opened.
  let chunks = null;
  const unpacked = new Map();
  const said = async (row) => {
    chunks ??= JSON.parse($("texts").textContent);
    const number = Math.floor(row / list.chunk);
    if (!chunks[number]) return "";
    if (!unpacked.has(number)) unpacked.set(number, await unpack(chunks[number]));
    return unpacked.get(number)[row % list.chunk];
  };
  const pointsTable = (row) => {
    const body = list.criteria.map((c) => {
      const [given, seen] = c.answers[c.codes[row]];
      return make("tr", {}, make("td", {}, make("bdi", {}, c.name), make("span", { class: "aside" }, make("bdi", {}, seen))), make("td", { class: "r" }, given));
    });
    const sum = make("tfoot", {}, make("tr", {}, make("td", {}, words.score), make("td", { class: "r" }, cell(columns.get("score"), row))));
    return make("table", { class: "points" }, make("tbody", {}, ...body), sum);
  };
  const about = (row) => {
    const facts = [];
    const last = list.cutoffs[row] || 0;
    if (rank(row) && list.cutoffs.length && status.codes[row] > 0) {
      facts.push([words.last_admitted, last ? say("at", { rank: format(last), score: cell(columns.get("score"), last - 1) }) : words.nobody]);
    }
    for (const column of columns.values()) {
      if (!["status", "score", "reason"].includes(column.key)) facts.push([column.label, cell(column, row) || "–"]);
    }
    return facts;
  };
  const show = async () => {
    const row = rows[here];
    const button = (text, step) => {
      const made = make("button", { type: "button" }, text);
      made.disabled = rows[here + step] === undefined;
      made.addEventListener("click", () => { move(here + step, false); show(); });
      return made;
    };
    const close = make("button", { type: "button", id: "close" }, words.close);
    close.addEventListener("click", () => $("one").close());
    const name = names[status.codes[row]];
    const place = rank(row) ? say("verdict", { rank: format(rank(row)), ranked: format(list.ranked), score: cell(columns.get("score"), row) }) : "";
    const text = await said(row);
    // Texts may take a moment to unpack: whoever was asked for last is shown.
    if (rows[here] !== row) return;
    const parts = [
      make("div", { class: "bar" }, button(words.previous, -1), button(words.next, 1), close),
      make("h2", { id: "one-id", tabindex: "-1" }, make("bdi", {}, list.ids[row])),
      make("p", { class: "verdict" }, make("b", { class: name === "selected" || name === "waitlisted" ? name : "other" }, cell(status, row)), place),
      make("p", { class: "why", lang: words.language }, text || `${cell(columns.get("reason"), row)}.`),
    ];
    if (rank(row) && list.criteria.length) parts.push(make("h3", {}, words.points), pointsTable(row));
    const facts = about(row);
    if (facts.length) parts.push(make("h3", {}, words.facts), make("dl", { class: "facts" }, ...facts.flatMap(([k, v]) => [make("dt", {}, k), make("dd", {}, make("bdi", {}, v))])));
    $("one-body").replaceChildren(...parts);
    if (!$("one").open) $("one").showModal();
    $("one").scrollTop = 0;
    $("one-id").focus();
  };

  // Tools above the list.
  const heads = make("div", { class: "row", role: "row", "aria-rowindex": 1 });
  const sortable = [["rank", words.rank, true], ["id", words.applicant, false], ...shown.map((c) => [c.key, c.label, c.number])];
  const sort = (key, down) => {
    Object.assign(asked, { key, down });
    for (const head of heads.children) head.setAttribute("aria-sort", head.dataset.key === key ? (down ? "descending" : "ascending") : "none");
    $("order").value = `${key} ${down ? 1 : 0}`;
    refresh();
  };
  for (const [key, label, number] of sortable) {
    const button = make("button", { type: "button" }, label);
    const place = ["rank", "id", "status", "score", "reason"].includes(key) ? "" : "more";
    const head = make("div", { role: "columnheader", "data-key": key, "aria-sort": "none", class: `${place}${number ? " r" : ""}` }, button);
    button.addEventListener("click", () => sort(key, asked.key === key && !asked.down));
    heads.append(head);
    $("order").append(make("option", { value: `${key} 0` }, label), make("option", { value: `${key} 1` }, say("reversed", { label })));
  }
  $("heads").append(heads);
  for (const [code, label] of status.values.entries()) {
    const number = status.codes.reduce((sum, one) => sum + (one === code), 0);
    if (!number) continue;
    const box = make("input", { type: "checkbox", value: code });
    box.addEventListener("change", () => { asked.statuses[box.checked ? "add" : "delete"](code); refresh(); });
    $("chips").append(make("label", { class: "chip" }, box, make("span", {}, `${label} ${format(number)}`)));
  }
  for (const column of columns.values()) {
    if (column.number || column.key === "status" || column.values.length < 2 || column.values.length > 260) continue;
    if (!column.shown && column.values.length > 12) continue;
    const held = new Uint8Array(column.values.length);
    for (const code of column.codes) if (code >= 0) held[code] = 1;
    const options = column.values.map((v, code) => [v, code]).filter(([, code]) => held[code]);
    if (options.length < 2) continue;
    const select = make("select", { id: `by-${column.key}` }, make("option", { value: "" }, words.any), ...options.map(([v, code]) => make("option", { value: code }, v)));
    select.addEventListener("change", () => {
      if (select.value === "") asked.chosen.delete(column.key); else asked.chosen.set(column.key, Number(select.value));
      refresh();
    });
    $("selects").append(make("div", { class: "field" }, make("label", { for: `by-${column.key}` }, column.label), select));
  }
  $("search").addEventListener("input", () => { asked.words = $("search").value.trim().toLowerCase(); refresh(); });
  $("order").addEventListener("change", () => { const [key, down] = $("order").value.split(" "); sort(key, down === "1"); });
  $("tools").addEventListener("submit", (event) => event.preventDefault());
  $("clear").addEventListener("click", () => {
    $("tools").reset();
    Object.assign(asked, { words: "", statuses: new Set(), chosen: new Map() });
    sort("rank", false);
  });

  // Keys and clicks.
  $("view").addEventListener("scroll", () => requestAnimationFrame(draw));
  window.addEventListener("resize", draw);
  $("view").addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (!row) return;
    move(Number(row.dataset.place));
    show();
  });
  $("view").addEventListener("keydown", (event) => {
    const page = Math.floor($("view").clientHeight / height()) - 1;
    const steps = { ArrowDown: here + 1, ArrowUp: here - 1, PageDown: here + page, PageUp: here - page, Home: 0, End: rows.length - 1 };
    if (event.key in steps) { event.preventDefault(); move(steps[event.key]); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || $("one").open || event.target.matches("input, select")) return;
    event.preventDefault();
    $("search").focus();
  });
  $("one").addEventListener("click", (event) => { if (event.target === $("one")) $("one").close(); });
  $("one").addEventListener("close", focus);

  // On paper stand the rows that are asked for, as many as a committee would turn over.
  window.addEventListener("beforeprint", () => {
    const most = 500, body = $("paper").querySelector("tbody");
    $("paper").querySelector("caption").textContent = rows.length > most ? say("first", { shown: format(most), total: format(rows.length) }) : $("told").textContent;
    body.replaceChildren(...Array.from(rows.slice(0, most), (row) => make("tr", {}, make("td", { class: "r" }, rank(row) ? format(rank(row)) : ""), make("td", {}, make("bdi", {}, list.ids[row])), ...shown.map((c) => make("td", {}, make("bdi", {}, cell(c, row)))))));
  });

  if (matchMedia("(max-width: 620px)").matches) $("finer").open = false;
  $("rows").style.setProperty("--more", Math.max(more, 1));
  for (const one of [$("tools"), $("rows"), document.querySelector(".keys")]) one.hidden = false;
  sort("rank", false);
  performance.mark("ready");
  document.documentElement.dataset.ready = "yes";
})();
