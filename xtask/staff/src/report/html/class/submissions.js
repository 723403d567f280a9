// Makes the table of submissions sortable and lets it be filtered. Without it, the table is a plain one.
"use strict";

const table = document.getElementById("all-submissions");
const body = table.tBodies[0];
const status = document.getElementById("table-status");
const names = new Intl.Collator("en", { numeric: true });

function compare(left, right) {
  if (left.dataset.key !== undefined) return left.dataset.key - right.dataset.key;
  return names.compare(left.textContent, right.textContent);
}

function sortBy(heading) {
  const falling = heading.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
  const column = heading.cellIndex;
  const sign = falling ? -1 : 1;
  const rows = [...body.rows].sort((left, right) => sign * compare(left.cells[column], right.cells[column]));
  body.append(...rows);
  status.textContent = `Sorted by ${heading.textContent}, ${falling ? "falling" : "rising"}.`;
}

function filter(words) {
  const wanted = words.trim().toLowerCase();
  let shown = 0;
  for (const row of body.rows) {
    row.hidden = !row.textContent.toLowerCase().includes(wanted);
    if (!row.hidden) shown += 1;
  }
  status.textContent = `${shown} of ${body.rows.length} submissions are shown.`;
}

for (const heading of table.tHead.rows[0].cells) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...heading.childNodes);
  button.addEventListener("click", () => sortBy(heading));
  heading.append(button);
}

const field = document.getElementById("filter");
field.addEventListener("input", () => filter(field.value));
field.closest("p").hidden = false;
