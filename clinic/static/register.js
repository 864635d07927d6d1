// Taps on a register outlive a lost connection and an expired sign-in: each is kept on this tablet, by opaque
// ids, until it has arrived. Without this file the buttons are plain forms and everything works.

const KEPT = "upright-taps";
const FOCUS = "upright-focus";
const WAIT_MS = 10000;
const LOCK_MS = 5 * 60 * 1000;
const CAME = ["attended", "late"];
const notice = document.getElementById("upright-offline");
const unsaid = document.getElementById("unsaid");
const people = document.querySelector(".upright-people");
const { page, phone } = people.dataset;
const forms = [...document.querySelectorAll("form.upright-tap")];
const kept = () => JSON.parse(localStorage.getItem(KEPT) || "[]");
const keep = (taps) => localStorage.setItem(KEPT, JSON.stringify(taps));
const token = () => document.querySelector('input[name="csrf_token"]').value;
const many = (count) => (count === 1 ? "1 tap is" : `${count} taps are`);
let sending = false;

function device() {
  let id = localStorage.getItem("upright-device");
  if (!id) {
    id = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
    localStorage.setItem("upright-device", id);
  }
  return id;
}

function say(words, href) {
  notice.hidden = !words;
  notice.textContent = words || "";
  if (href) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = " Sign in again";
    notice.append(link);
  }
}

// What the register now says of one person, without waiting for the server.
function show(path, field, value) {
  for (const form of forms.filter((one) => new URL(one.action).pathname === path)) {
    const buttons = form.querySelectorAll(`button[name="${field}"]`);
    if (!buttons.length || field === "incident") continue;
    form.elements.was.value = value;
    for (const button of buttons) {
      const pressed = button.value === value && value !== "expected";
      if (button.value === "expected") button.hidden = value === "expected";
      else button.setAttribute("aria-pressed", String(pressed));
      button.classList.toggle("nhsuk-button--secondary", !pressed);
    }
    if (field === "outcome") {
      form.parentElement.querySelector(".upright-asked").hidden = !CAME.includes(value);
      if (value === "expected" && document.activeElement?.hidden) form.querySelector("button").focus();
    }
  }
  const asked = forms.filter((one) => one.querySelector('button[name="outcome"]'));
  const open = asked.filter((one) => !one.querySelector('[aria-pressed="true"]')).length;
  if (unsaid) unsaid.textContent = `${open} of ${asked.length} still to say.`;
}

function again() {
  const button = document.activeElement?.closest("form.upright-tap button");
  if (button) sessionStorage.setItem(FOCUS, JSON.stringify([new URL(button.form.action).pathname, button.name, button.value]));
  if (location.pathname === page) location.reload();
  else location.replace(page); // a page that answered a form has no address of its own
}

function comeBackTo() {
  const [path, name, value] = JSON.parse(sessionStorage.getItem(FOCUS) || "[]");
  sessionStorage.removeItem(FOCUS);
  const form = forms.find((one) => new URL(one.action).pathname === path && one.elements[name]);
  form?.querySelector(`button[name="${name}"][value="${value}"]`)?.focus();
}

async function post(tap) {
  const body = new URLSearchParams({ csrf_token: token(), device: device(), device_at: tap.at });
  body.set(tap.field, tap.value);
  if (tap.was !== undefined) body.set("was", tap.was);
  return fetch(tap.path, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
}

function offline() {
  const taps = kept();
  const urgent = taps.some((tap) => tap.field === "incident");
  const ring = urgent ? ` Nobody has been told of the incident yet: ring ${phone}.` : "";
  say(`No connection. ${many(taps.length)} kept on this tablet and go as soon as it is back.${ring}`);
}

// One after the other, in the order they were made; what is not this person's to send waits for its owner.
async function sendKept() {
  if (sending) return;
  sending = true;
  let others = 0;
  let differs = false;
  let sent = 0;
  try {
    for (let taps = kept(); taps.length > others; taps = kept()) {
      const tap = taps[others];
      const answer = await post(tap);
      if (answer.type === "opaqueredirect" || answer.status === 400 || answer.status === 401) {
        say(`${many(taps.length)} kept on this tablet: you are no longer signed in.`, page);
        return;
      }
      if (answer.status === 404) {
        others += 1;
        continue;
      }
      if (answer.status !== 422 && !answer.ok) throw new Error("later");
      const said = await answer.json();
      keep(kept().filter((_, at) => at !== others));
      sent += 1;
      if (answer.status === 422) {
        say(said.problem);
        if (tap.was !== undefined) show(tap.path, tap.field, tap.was);
        return;
      }
      if (said.next) {
        location.assign(said.next);
        return;
      }
      differs ||= said.differs || said.result === "older";
    }
    if (others) say(`${many(others)} kept on this tablet for the person who made them: they have to sign in.`);
    else if (sent) say("");
    if (differs) again();
  } catch {
    offline();
  } finally {
    sending = false;
  }
}

for (const form of forms) {
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button) return;
    event.preventDefault();
    const tap = {
      path: new URL(form.action).pathname,
      field: button.name,
      value: button.value,
      was: form.elements.was?.value,
      at: new Date().toISOString(),
    };
    keep([...kept(), tap]);
    show(tap.path, tap.field, tap.value);
    sendKept();
  });
}
kept().forEach((tap) => show(tap.path, tap.field, tap.value));
comeBackTo();
sendKept();
setInterval(sendKept, WAIT_MS);
addEventListener("online", sendKept);

// A tablet that several people use locks itself when nobody taps; without a connection it stays open, for no
// PIN could be checked. What is kept waits here, by opaque id, until its owner is back.
const lock = document.getElementById("upright-lock");
if (lock) {
  let idle = 0;
  const wait = () => {
    clearTimeout(idle);
    idle = setTimeout(() => (navigator.onLine ? lock.submit() : wait()), LOCK_MS);
  };
  for (const tap of ["pointerdown", "keydown", "scroll"]) addEventListener(tap, wait, { passive: true });
  wait();
}
