// A link to a fragment shows it in both files.
const show = () => {
  const number = /^#(?:left|right)-(\d+)$/.exec(location.hash)?.[1];
  if (number === undefined) return;
  document.querySelectorAll(".jump.now").forEach((jump) => jump.classList.remove("now"));
  for (const side of ["left", "right"]) {
    const jump = document.getElementById(`${side}-${number}`);
    if (!jump) continue;
    jump.classList.add("now");
    const code = jump.closest("pre");
    code.scrollTop += jump.getBoundingClientRect().top - code.getBoundingClientRect().top - code.clientHeight / 4;
  }
};
addEventListener("hashchange", show);
show();
