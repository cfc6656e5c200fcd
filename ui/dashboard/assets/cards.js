// Draws movies as cards and says what somebody does with them. Texts from the API only ever
// become text nodes: nothing here parses HTML.

const HALF_STARS = 10;

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function named(made, attributes) {
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function button(className, label, accessibleName, onClick) {
  const made = element("button", className, label);
  made.type = "button";
  if (accessibleName) made.setAttribute("aria-label", accessibleName);
  made.addEventListener("click", onClick);
  return made;
}

// A slider, so that ten choices are one stop of the Tab key: arrows choose, Enter rates.
function stars(card, words, send) {
  const given = card.stars.value ?? 0;
  let shown = given;
  const fill = element("span", "fill");
  const caption = element("span", "caption");
  const control = named(element("span", "stars", fill), {
    role: "slider",
    tabindex: "0",
    "aria-label": card.stars.label,
    "aria-valuemin": "0",
    "aria-valuemax": "5",
    "data-focus": `stars-${card.id}`,
    title: words.stars_help,
  });

  const show = (value) => {
    shown = value;
    fill.style.width = `${(value / 5) * 100}%`;
    const text = value ? words.stars[value * 2 - 1] : words.no_stars;
    caption.textContent = value ? words.short[value * 2 - 1] : "";
    control.setAttribute("aria-valuenow", String(value));
    control.setAttribute("aria-valuetext", text);
  };
  const pointed = (event) => {
    const box = control.getBoundingClientRect();
    const part = (event.clientX - box.left) / box.width;
    return Math.min(HALF_STARS, Math.max(1, Math.ceil(part * HALF_STARS))) / 2;
  };
  const commit = (value) => {
    if (!value || control.getAttribute("aria-busy")) return;
    control.setAttribute("aria-busy", "true");
    show(value);
    send({ do: "rate", movie_id: card.id, stars: value });
  };
  const reset = () => control.getAttribute("aria-busy") || show(given);

  control.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && !control.getAttribute("aria-busy")) show(pointed(event));
  });
  control.addEventListener("pointerleave", reset);
  control.addEventListener("blur", reset);
  control.addEventListener("click", (event) => commit(pointed(event)));
  control.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 0.5, ArrowUp: 0.5, ArrowLeft: -0.5, ArrowDown: -0.5 };
    if (event.key in steps) show(Math.min(5, Math.max(0.5, shown + steps[event.key])));
    else if (event.key === "Home") show(0.5);
    else if (event.key === "End") show(5);
    else if (event.key === "Escape") reset();
    else if (event.key === "Enter" || event.key === " ") commit(shown);
    else return;
    event.preventDefault();
  });
  show(given);
  return element("div", given ? "rate given" : "rate", control, caption);
}

function bars(card) {
  const list = element("ul", "bars");
  for (const row of card.rows) {
    const bar = element("span", "bar");
    bar.style.width = `${Math.round(Math.min(1, Math.max(0, row.part)) * 100)}%`;
    list.append(
      element(
        "li",
        row.weak ? "weak" : "",
        element("span", "name", row.label),
        element("span", "amount", row.text),
        named(element("span", "track", bar), { "aria-hidden": "true" }),
        row.detail ? element("span", "detail", row.detail) : null,
      ),
    );
  }
  return element("div", "why", element("p", "why-title", card.rows_title), list);
}

function actions(card, send) {
  const row = element("div", "actions");
  for (const action of card.actions) {
    const made = button("action", action.label, action.name, () => {
      if (made.getAttribute("aria-busy")) return;
      made.setAttribute("aria-busy", "true");
      send({ do: action.do, movie_id: card.id });
    });
    made.dataset.focus = `${action.do}-${card.id}`;
    row.append(made);
  }
  for (const link of card.links) {
    const made = named(element("a", "action", link.label), { target: "_blank", rel: "noopener" });
    made.href = link.href;
    row.append(made);
  }
  return row;
}

function heading(card, send) {
  const title = element("h3", "title");
  if (card.opens) {
    const open = button("open", card.title, null, () => send({ do: "open", movie_id: card.id }));
    open.dataset.focus = `open-${card.id}`;
    title.append(open);
  } else {
    title.append(card.title);
  }
  return title;
}

function drawCard(card, words, send) {
  const banner = element(
    "div",
    "banner",
    card.position ? element("span", "position", String(card.position)) : null,
    named(element("span", "initials", card.initials), { "aria-hidden": "true" }),
    card.predicted
      ? named(element("span", "predicted", card.predicted.text), {
          role: "img",
          "aria-label": card.predicted.label,
          title: card.predicted.label,
        })
      : null,
  );
  const text = element(
    "div",
    "text",
    heading(card, send),
    element("p", "meta", card.meta),
    card.note ? element("p", "note", card.note) : null,
    card.rows.length ? bars(card) : null,
  );
  const foot = element(
    "div",
    "foot",
    card.stars ? stars(card, words, send) : null,
    card.actions.length || card.links.length ? actions(card, send) : null,
  );
  const made = element("li", "card", banner, element("div", "body", text, foot));
  made.style.setProperty("--hue", card.hue);
  made.style.setProperty("--hue-2", card.hue_2);
  return made;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".cards");
  const focused = root.getRootNode().activeElement;
  const before = focused && root.contains(focused) ? focused.dataset.focus : null;
  const place = before
    ? [...root.children].findIndex((child) => child.contains(focused))
    : -1;

  // Only the last value set before a run of the page reaches it, and a slow API makes runs long:
  // each value therefore holds all that was done and not yet seen to be answered for.
  root.waiting = (root.waiting ?? []).filter((action) => action.number > data.answered);
  root.number = Math.max(root.number ?? 0, data.answered);
  const send = (what) => {
    root.number += 1;
    root.waiting.push({ ...what, number: root.number });
    setTriggerValue("actions", [...root.waiting]);
  };
  root.className = `cards ${data.layout}`;
  root.lang = data.lang;
  root.setAttribute("aria-label", data.label);
  root.replaceChildren(...data.cards.map((card) => drawCard(card, data.words, send)));

  if (before) {
    // What had the focus may be gone, a rated movie for one: then its successor gets it.
    const same = root.querySelector(`[data-focus="${CSS.escape(before)}"]`);
    const next = root.children[Math.min(place, root.children.length - 1)];
    (same ?? next?.querySelector("[data-focus]"))?.focus({ preventScroll: true });
  }
}
