// A picture on which points and a box are set, by mouse or keyboard; see prompt_canvas.py.
// Places are fractions of the picture, x right and y down. Points and box are traits, sent as messages.

const SVG = "http://www.w3.org/2000/svg";
const MOVED_PX = 6, NEAR_PX = 11, STEP = 0.01, LONG_STEP = 0.1;
const ARROWS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
const inside = (value) => Math.min(1, Math.max(0, value));
const rounded = (value) => Math.round(inside(value) * 10_000) / 10_000;
const percent = ([x, y]) => `${Math.round(100 * x)} % across, ${Math.round(100 * y)} % down`;

function drawn(kind, attributes, parent) {
  const node = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent.append(node);
  return node;
}

function shown(img, bytes, kind) {  // bytes of a trait as the source of an img; '' for none
  const before = img.src;
  if (bytes?.byteLength) img.src = URL.createObjectURL(new Blob([bytes], {type: kind}));
  else img.removeAttribute("src");
  if (before.startsWith("blob:")) URL.revokeObjectURL(before);
}

function render({model, el, signal}) {
  const on = (node, name, act) => node.addEventListener(name, act, {signal});
  el.innerHTML = `
    <div class="tryon-canvas-stage" tabindex="0" role="application">
      <img class="tryon-canvas-picture" draggable="false" alt=""><img class="tryon-canvas-mask" alt="" draggable="false">
      <svg aria-hidden="true"></svg>
    </div>
    <div class="tryon-canvas-said" role="status"></div>`;
  const stage = el.querySelector(".tryon-canvas-stage"), svg = el.querySelector("svg");
  const picture = el.querySelector(".tryon-canvas-picture"), mask = el.querySelector(".tryon-canvas-mask");
  let cursor = [0.5, 0.5], start = null, dragged = null, corner = null;

  const points = () => model.get("points"), box = () => model.get("box");
  const say = (words) => { el.querySelector(".tryon-canvas-said").textContent = words; };
  const set = (name, value, words) => {
    model.set(name, value);
    model.send({[name]: value});  // a saved trait is held back while the kernel works, and later presses overtake it
    say(words);
  };
  const size = () => [stage.clientWidth, stage.clientHeight];
  const apart = (one, other) => Math.hypot((one[0] - other[0]) * size()[0], (one[1] - other[1]) * size()[1]);
  const near = (at) => points().findIndex((point) => apart(point, at) <= NEAR_PX);
  const without = (place) => set("points", points().filter((_, other) => other !== place), "point removed");
  const add = (at, label) => set(
    "points", [...points(), [rounded(at[0]), rounded(at[1]), label]],
    `${label ? "a point of it" : "a point that is not of it"}, ${percent(at)}`,
  );
  const between = (one, other) => [
    rounded(Math.min(one[0], other[0])), rounded(Math.min(one[1], other[1])),
    rounded(Math.max(one[0], other[0])), rounded(Math.max(one[1], other[1])),
  ];
  const enclose = (edges) => {
    if (edges[2] > edges[0] && edges[3] > edges[1]) set("box", edges, "a box around it");
    else say("a box needs some width and height");
  };

  const sketch = () => {
    const [width, height] = size();
    if (!width) return;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.replaceChildren();
    const open = dragged ? between(start, dragged) : corner ? between(corner, cursor) : box();
    if (open.length) {
      const [left, top, right, bottom] = [open[0] * width, open[1] * height, open[2] * width, open[3] * height];
      const edges = {x: left, y: top, width: right - left, height: bottom - top};
      drawn("rect", {...edges, class: "tryon-canvas-box-under"}, svg);
      drawn("rect", {...edges, class: "tryon-canvas-box"}, svg);
    }
    points().forEach(([x, y, label]) => {  // a sign as well as a colour
      const at = drawn("g", {transform: `translate(${x * width} ${y * height})`, class: `tryon-canvas-point-${label}`}, svg);
      drawn("circle", {r: 8}, at);
      drawn("path", {d: label ? "M-4 0H4M0 -4V4" : "M-4 0H4"}, at);
    });
    const cross = drawn("g", {transform: `translate(${cursor[0] * width} ${cursor[1] * height})`, class: "tryon-canvas-cursor"}, svg);
    for (const name of ["under", "over"]) drawn("path", {d: "M-16 0H-5M5 0H16M0 -16V-5M0 5V16", class: name}, cross);
  };

  const place = (event) => {
    const edges = stage.getBoundingClientRect();
    return [inside((event.clientX - edges.left) / edges.width), inside((event.clientY - edges.top) / edges.height)];
  };
  on(stage, "pointerdown", (event) => {
    event.stopPropagation();  // the box around takes the focus else
    if (event.button === 1) return;
    stage.focus({preventScroll: true});
    stage.setPointerCapture(event.pointerId);
    [start, dragged, corner] = [place(event), null, null];
    start.label = event.button === 2 || event.shiftKey || event.ctrlKey ? 0 : 1;
  });
  on(stage, "pointermove", (event) => {
    if (!start || !start.label) return;
    const at = place(event);
    if (dragged || apart(start, at) > MOVED_PX) dragged = at;
    if (dragged) sketch();
  });
  on(stage, "pointerup", () => {
    if (!start) return;
    const [from, to] = [start, dragged];
    [start, dragged, cursor] = [null, null, to ?? from];
    if (to) enclose(between(from, to));
    else if (near(from) >= 0) without(near(from));
    else add(from, from.label);
    sketch();
  });
  on(stage, "pointercancel", () => { [start, dragged] = [null, null]; sketch(); });
  on(stage, "contextmenu", (event) => { event.preventDefault(); event.stopPropagation(); });

  const erase = () => {
    if (!points().length) return box().length ? set("box", [], "box removed") : say("there is no point");
    without(near(cursor) >= 0 ? near(cursor) : points().length - 1);
  };
  const keys = {
    Enter: (event) => near(cursor) >= 0 ? say("there is a point already") : add(cursor, event.shiftKey ? 0 : 1),
    Backspace: erase, Delete: erase,
    b: () => {
      if (!corner) { corner = cursor; return say("the box begins here; B again ends it"); }
      const from = corner;
      corner = null;
      enclose(between(from, cursor));
    },
    Escape: () => { if (corner) { corner = null; say("no box"); } },
  };
  on(stage, "keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key], act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!arrow && !act) return;
    event.preventDefault();
    event.stopPropagation();
    if (arrow) {
      const by = event.shiftKey ? LONG_STEP : STEP;
      cursor = [inside(cursor[0] + arrow[0] * by), inside(cursor[1] + arrow[1] * by)];
      say(percent(cursor));
    } else act(event);
    sketch();
  });

  const parts = {
    picture: () => { shown(picture, model.get("picture"), "image/jpeg"); cursor = [0.5, 0.5]; corner = null; },
    overlay: () => shown(mask, model.get("overlay"), "image/png"),
    name: () => stage.setAttribute("aria-label", model.get("name")),
    busy: () => stage.setAttribute("aria-busy", model.get("busy")),
    points: sketch, box: sketch,
  };
  for (const [name, draw] of Object.entries(parts)) { draw(); model.on(`change:${name}`, draw); }
  const forget = (message) => {
    if (!message.forget) return;
    corner = null;
    model.set({points: [], box: []});
    sketch();
  };
  model.on("msg:custom", forget);
  const watch = new ResizeObserver(sketch);
  watch.observe(stage);
  return () => {
    watch.disconnect();
    model.off("msg:custom", forget);
    for (const [name, draw] of Object.entries(parts)) model.off(`change:${name}`, draw);
    shown(picture); shown(mask);
  };
}

export default {render};
