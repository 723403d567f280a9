// Steps through the runs. Without it, the page is a static picture.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const picture = document.querySelector("svg.timeline");
const says = document.getElementById("says");
const slider = document.getElementById("slider");
const play = document.getElementById("play");
const panels = [...document.querySelectorAll("#panels section")];
const last = data.positions.length - 1;
let position = 0;
let playing;

function drawn(name, id) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  element.id = id;
  picture.append(element);
  return element;
}

const cursor = drawn("line", "cursor");
const wake = drawn("path", "wake");

const pairs = (list, between) => list.map(([who, what]) => `${who}${between}${what}`);

const queues = {
  running: (state) => (state.running === null ? [] : [state.running]),
  ready: (state) => state.ready,
  timers: (state) => pairs(state.timers, " until ").map((timer) => `${timer} ms`),
  waiting: (state) => pairs(state.waiting, ": "),
  under_way: (state) => state.under_way,
};

// The last step that a run has done; whether it was done at this position or before.
function stepOf(number) {
  const done = data.positions[position].done[number];
  const before = position === 0 ? 0 : data.positions[position - 1].done[number];
  return { step: data.sides[number].steps[done - 1], isNew: done > before, done };
}

function showPanel(panel, number) {
  const { step, isNew } = stepOf(number);
  panel.querySelector(".step").textContent = isNew ? step.says : "Nothing happens here.";
  for (const place of panel.querySelectorAll("[data-queue]")) {
    const names = step === undefined ? [] : queues[place.dataset.queue](step.state);
    place.textContent = names.length === 0 ? "–" : names.join(", ");
  }
}

function showMarks() {
  for (const mark of picture.querySelectorAll(".event")) {
    const { step, isNew } = stepOf(Number(mark.dataset.side));
    mark.classList.toggle("now", isNew && step.event === Number(mark.dataset.event));
  }
}

// An arrow from who wakes to who is woken.
function showWake(x) {
  const { step, isNew } = stepOf(0);
  const rows = data.sides[0].rows;
  const ends = isNew && step.wake !== null ? step.wake.map((name) => rows[name]) : [];
  const [from = 30, to] = ends;
  if (to === undefined || from === to) return wake.setAttribute("d", "");
  const tip = to > from ? -6 : 6;
  wake.setAttribute("d", `M${x} ${from}V${to}M${x - 5} ${to + tip}L${x} ${to}L${x + 5} ${to + tip}`);
}

function sentence() {
  if (position === 0) return `Before the first of ${last} steps.`;
  const told = data.sides.map((side, number) => {
    const { step, isNew } = stepOf(number);
    const words = isNew ? step.says : "nothing";
    return data.sides.length === 1 ? `${words}.` : `${side.name === "seen" ? "Seen" : "Expected"}: ${words}.`;
  });
  return `Step ${position} of ${last}, at ${data.positions[position].at} ms. ${told.join(" ")}`;
}

function show(wanted) {
  position = Math.min(Math.max(wanted, 0), last);
  const { x } = data.positions[position];
  for (const [name, value] of Object.entries({ x1: x, x2: x, y1: 30, y2: data.bottom })) cursor.setAttribute(name, value);
  panels.forEach(showPanel);
  showMarks();
  showWake(x);
  says.textContent = sentence();
  slider.value = position;
  slider.setAttribute("aria-valuetext", says.textContent);
  for (const id of ["first", "back"]) document.getElementById(id).setAttribute("aria-disabled", position === 0);
  for (const id of ["forward", "last"]) document.getElementById(id).setAttribute("aria-disabled", position === last);
  const box = picture.parentElement;
  if (x < box.scrollLeft + 40 || x > box.scrollLeft + box.clientWidth - 40) box.scrollLeft = x - box.clientWidth / 2;
}

function pause() {
  clearInterval(playing);
  playing = undefined;
  play.textContent = "Play";
  says.setAttribute("aria-live", "polite");
}

// While it plays, a screen reader would talk without an end.
function start() {
  if (position === last) show(0);
  play.textContent = "Pause";
  says.setAttribute("aria-live", "off");
  playing = setInterval(() => {
    show(position + 1);
    if (position === last) pause();
  }, 700);
}

function go(wanted) {
  pause();
  show(wanted);
}

const moves = {
  first: () => go(0),
  back: () => go(position - 1),
  forward: () => go(position + 1),
  last: () => go(last),
  difference: () => go(data.difference ?? 0),
  play: () => (playing === undefined ? start() : pause()),
};
for (const [id, move] of Object.entries(moves)) document.getElementById(id)?.addEventListener("click", move);

const keys = { ArrowLeft: "back", ArrowRight: "forward", Home: "first", End: "last" };
document.addEventListener("keydown", (event) => {
  const move = keys[event.key];
  const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  // The slider and the box that scrolls have these keys for themselves.
  if (move === undefined || !isPlain || event.target === slider || event.target.closest(".scrolls")) return;
  event.preventDefault();
  moves[move]();
});

slider.max = last;
slider.addEventListener("input", () => go(Number(slider.value)));
document.getElementById("controls").hidden = false;
document.getElementById("panels").hidden = false;
show(0);
