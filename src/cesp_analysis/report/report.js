// Tables marked "sortable": a button in each column head, a field that shows matching rows.
// Without it the table is as it was printed; nothing is stored, asked for or sent.
"use strict";
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const name = table.caption.id;
  const bodies = [...table.tBodies];
  const rowsOf = (body) => [...body.rows].filter((row) => !row.classList.contains("group"));
  const printed = bodies.map(rowsOf);
  const all = printed.flat();
  const heads = [...table.tHead.querySelectorAll("th[scope=col]")];
  const count = (n) => n + (n === 1 ? " row" : " rows");
  const make = (tag, given) => Object.assign(document.createElement(tag), given);
  const tools = make("div", { className: "tools" });
  const label = make("label", { textContent: "Show rows that contain " });
  const field = make("input", { type: "search", autocomplete: "off" });
  const status = make("p", { className: "status" });
  status.setAttribute("role", "status");
  field.setAttribute("aria-describedby", name);
  label.append(field);
  tools.append(label, status);
  table.closest(".scroll").before(tools);

  // "−1,234.5 (−2 to 3)" → [-1234.5, -2, 3]; what does not begin with a number → []
  function numbers(text) {
    const plain = text.replace(/\u2212/g, "-").replace(/,(?=\d{3})/g, "");
    return /^[<>]?-?\d/.test(plain) ? plain.match(/-?\d+(\.\d+)?/g).map(Number) : [];
  }
  const words = new Intl.Collator(document.documentElement.lang, { numeric: true });

  function compare(a, b, down) {
    if (typeof a === "string") return down * words.compare(a, b);
    if (!a.length || !b.length) return (a.length ? 0 : 1) - (b.length ? 0 : 1); // none: last
    for (let at = 0; at < Math.min(a.length, b.length); at++)
      if (a[at] !== b[at]) return down * (a[at] - b[at]);
    return 0;
  }

  function sort(head, button) {
    const was = head.getAttribute("aria-sort");
    const now = was === "ascending" ? "descending" : was ? "" : "ascending";
    for (const other of heads) other.removeAttribute("aria-sort");
    if (now) head.setAttribute("aria-sort", now);
    const at = heads.indexOf(head);
    const text = at === 0 || all[0].cells[at].classList.contains("left");
    bodies.forEach((body, which) => {
      const rows = printed[which].map((row) => {
        const cell = row.cells[at].textContent.trim();
        return { row, key: text ? cell : numbers(cell) };
      });
      if (now) rows.sort((a, b) => compare(a.key, b.key, now === "ascending" ? 1 : -1));
      body.append(...rows.map((one) => one.row));
    });
    const within = bodies.length > 1 ? " within each group" : "";
    status.textContent = now
      ? `Sorted by ${button.textContent.trim()}, ${now}${within}.`
      : "In the order of the report.";
  }

  function filter() {
    const wanted = field.value.trim().toLowerCase();
    for (const row of all) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    for (const body of bodies) body.hidden = rowsOf(body).every((row) => row.hidden);
    const left = all.filter((row) => !row.hidden).length;
    status.textContent = wanted
      ? `${left} of ${count(all.length)} shown.`
      : `All ${count(all.length)} shown.`;
  }

  for (const head of heads) {
    const button = make("button", { type: "button" });
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(head, button));
  }
  field.addEventListener("input", filter);
}
