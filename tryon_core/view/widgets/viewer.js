// Keys, pictures at full size, the clipboard and accessible names for the box that this stands in; see viewer.py.
// Messages to Python: {key}, {picture, alt}, {closed: true}. From Python: {title, picture} with a PNG, {copy}, {said}.

const TYPING = "input, textarea, select, [contenteditable=true]";
const STEP_PX = 60;

const FRAME = `
  <div class="tryon-full-head">
    <b></b> <span class="tryon-full-said" role="status"></span> <span class="tryon-full-help"></span>
    <span class="tryon-full-zooms">
      <button data-zoom="-" aria-label="smaller">−</button><button data-zoom="+" aria-label="larger">+</button>
      <button data-zoom="0">fit</button><button data-zoom="1">100 %</button><button data-zoom="close">close</button>
    </span>
  </div>
  <div class="tryon-full-stage"><img draggable="false" alt=""></div>`;

function magnifier(dialog, on) {
  const stage = dialog.querySelector(".tryon-full-stage"), img = stage.querySelector("img");
  let at = {scale: 1, x: 0, y: 0}, size = "", from = null;
  const place = () => {
    img.style.transform = `translate(${at.x}px, ${at.y}px) scale(${at.scale})`;
    stage.dataset.scale = at.scale.toFixed(3);
  };
  const middle = () => [stage.clientWidth / 2, stage.clientHeight / 2];
  const centre = (scale) => {
    at = {scale, x: (stage.clientWidth - img.naturalWidth * scale) / 2, y: (stage.clientHeight - img.naturalHeight * scale) / 2};
    place();
  };
  const fit = () => centre(Math.min(stage.clientWidth / img.naturalWidth, stage.clientHeight / img.naturalHeight));
  const zoom = (factor, x, y) => {
    const scale = Math.max(0.05, Math.min(32, at.scale * factor)), by = scale / at.scale;
    at = {scale, x: x - (x - at.x) * by, y: y - (y - at.y) * by};
    place();
  };
  const pan = (x, y) => { at.x += x; at.y += y; place(); };
  on(img, "load", () => {  // pictures of one size are looked at in one place, so that attempts can be compared
    const now = `${img.naturalWidth} ${img.naturalHeight}`;
    if (now === size) return place();
    size = now;
    fit();
  });
  on(stage, "wheel", (event) => {
    const box = stage.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
    event.preventDefault();
  }, {passive: false});
  on(stage, "pointerdown", (event) => { from = [event.clientX, event.clientY]; stage.setPointerCapture(event.pointerId); });
  on(stage, "pointermove", (event) => {
    if (!from) return;
    pan(event.clientX - from[0], event.clientY - from[1]);
    from = [event.clientX, event.clientY];
  });
  for (const end of ["pointerup", "pointercancel"]) on(stage, end, () => { from = null; });
  return {
    img,
    anew() { size = ""; },
    keys: {
      "+": () => zoom(1.25, ...middle()), "=": () => zoom(1.25, ...middle()), "-": () => zoom(0.8, ...middle()),
      "0": fit, "1": () => centre(1), "close": () => dialog.close(),
      "shift ArrowLeft": () => pan(STEP_PX, 0), "shift ArrowRight": () => pan(-STEP_PX, 0),
      "shift ArrowUp": () => pan(0, STEP_PX), "shift ArrowDown": () => pan(0, -STEP_PX),
    },
  };
}

async function copied(text, beside) {
  if (navigator.clipboard) {  // missing on plain http, but for localhost
    try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed here: the older way */ }
  }
  const area = Object.assign(document.createElement("textarea"), {value: text, readOnly: true});
  beside.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

function render({model, el, signal}) {
  const on = (node, name, act, more) => node.addEventListener(name, act, {signal, ...more});
  const dialog = document.createElement("dialog");
  dialog.className = "tryon-full";
  dialog.innerHTML = FRAME;
  dialog.querySelector(".tryon-full-help").textContent = model.get("hint");
  el.append(dialog);
  const glass = magnifier(dialog, on);
  let box = null, url = "";

  const title = (words) => {
    dialog.querySelector("b").textContent = words;
    dialog.setAttribute("aria-label", words);
  };
  const open = (img) => {
    glass.anew();
    glass.img.src = img.src;  // at once; the full one follows
    glass.img.alt = img.alt;
    title(img.alt);
    said("");
    if (!dialog.open) dialog.showModal();
    model.send({picture: img.dataset.picture || "", alt: img.alt});
  };
  const said = (words) => { dialog.querySelector(".tryon-full-said").textContent = words; };
  const told = (words, frames = 300) => {  // the code may not stand there yet: messages overtake what is drawn
    const status = box.querySelector(".tryon-copied");
    if (status) status.textContent = words;
    else if (frames) requestAnimationFrame(() => told(words, frames - 1));
  };
  const copy = async (text) => {
    const done = await copied(text, dialog.open ? dialog : box);
    told(done ? "Copied." : "Not copied yet: press copy.");
  };

  on(dialog, "click", (event) => glass.keys[event.target.dataset.zoom]?.());
  on(dialog, "close", () => model.send({closed: true}));
  model.on("msg:custom", (content, buffers) => {
    if (content.copy !== undefined) copy(content.copy);
    if (content.said !== undefined) said(content.said);
    if (content.picture === undefined || !dialog.open) return;
    if (url) URL.revokeObjectURL(url);
    url = URL.createObjectURL(new Blob([buffers[0]], {type: "image/png"}));
    Object.assign(glass.img, {src: url, alt: content.title});
    title(content.title);
  });

  const mine = (event) => event.target.closest(".tryon") === box;  // not of a stepper within a triage
  const key = (event) => {
    if (!mine(event)) return;
    event.stopPropagation();  // a key pressed in here is none of the notebook's
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest(TYPING)) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key, inside = dialog.contains(event.target);
    const act = inside && glass.keys[event.shiftKey && name.startsWith("Arrow") ? `shift ${name}` : name];
    const field = model.get("fields")[name];
    if (act) act();
    else if (!inside && name === "Enter") {
      if (event.target.closest("button")) return;  // it is pressed
      const main = model.get("main");
      const img = event.target.closest("img[data-picture]") ?? (main && box.querySelector(main));
      if (!img) return;
      open(img);
    } else if (field) {
      if (inside) dialog.close();
      box.querySelector(field)?.focus();
    } else if (model.get("taken").includes(name) && !event.target.closest(".noUi-handle")) {
      if (event.target.closest("img")) box.focus();  // the picture is drawn anew, and would take the focus with it
      model.send({key: name});
    } else return;
    event.preventDefault();
  };
  const named = () => {
    for (const [where, words] of Object.entries(model.get("names")))
      box.querySelectorAll(where).forEach((node) => node.setAttribute("aria-label", words));
  };
  const tie = () => {
    if (signal.aborted) return;
    box = el.isConnected && el.closest(".tryon");
    if (!box) return requestAnimationFrame(tie);  // drawn before it stands in the page
    box.setAttribute("data-lm-suppress-shortcuts", "true");  // else D D deletes the cell and A adds one
    box.tabIndex = -1;
    on(box, "keydown", key);
    on(box, "keydown", (event) => {  // before a field of ipywidgets hears it, which tells nobody else
      if (mine(event) && event.key === "Escape" && event.target.closest(TYPING)) box.focus();
    }, {capture: true});
    on(box, "pointerdown", (event) => {
      if (mine(event) && !event.target.closest(`button, a, label, .noUi-target, img[data-picture], dialog, ${TYPING}`)) box.focus({preventScroll: true});
    });
    on(box, "click", (event) => {
      if (!mine(event)) return;
      if (event.target.matches("img[data-picture]")) open(event.target);
      if (event.target.matches(".tryon-copy")) copy(box.querySelector(".tryon-code-text").value);
    });
    on(box, "dblclick", (event) => {
      if (event.target.closest(".tryon-tile")) model.send({key: "Tile"});
    });
    named();
    const watch = new MutationObserver(named);
    watch.observe(box, {childList: true, subtree: true});
    signal.addEventListener("abort", () => watch.disconnect());
  };
  tie();
  return () => { if (url) URL.revokeObjectURL(url); };
}

export default {render};
