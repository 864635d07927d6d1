// Taps on a register outlive a lost connection: each is kept on this tablet, by opaque ids, until it has arrived.
// Without this file the buttons are plain forms and everything works.

const KEPT = "upright-taps";
const WAIT_MS = 10000;
const notice = document.getElementById("upright-offline");
const page = document.querySelector(".upright-people").dataset.page;
const forms = [...document.querySelectorAll("form.upright-tap")];
const kept = () => JSON.parse(localStorage.getItem(KEPT) || "[]");
const keep = (taps) => localStorage.setItem(KEPT, JSON.stringify(taps));
const token = () => document.querySelector('input[name="csrf_token"]').value;
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

function show(tap) {
  for (const form of forms.filter((one) => new URL(one.action).pathname === tap.path)) {
    for (const button of form.querySelectorAll(`button[name="${tap.field}"]`)) {
      const pressed = button.value === tap.value;
      button.setAttribute("aria-pressed", String(pressed));
      button.classList.toggle("nhsuk-button--secondary", !pressed);
    }
  }
}

function again() {
  if (location.pathname === page) location.reload();
  else location.replace(page); // a page that answered a form has no address of its own
}

async function post(tap) {
  const body = new URLSearchParams({ csrf_token: token(), device: device(), device_at: tap.at });
  body.set(tap.field, tap.value);
  return fetch(tap.path, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
}

async function sendKept() {
  if (sending) return;
  sending = true;
  let arrived = 0;
  try {
    for (let taps = kept(); taps.length; taps = kept()) {
      const answer = await post(taps[0]);
      if (answer.type === "opaqueredirect" || answer.status === 400 || answer.status === 401) {
        say(`${taps.length} taps are kept on this tablet.`, page);
        return;
      }
      if (answer.status >= 500) throw new Error("later");
      keep(kept().slice(1));
      if (answer.status === 422) {
        say((await answer.json()).problem);
        return;
      }
      arrived += 1;
    }
    if (arrived) again();
  } catch {
    say(`No connection. ${kept().length} taps are kept on this tablet and go as soon as it is back.`);
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
      at: new Date().toISOString(),
    };
    keep([...kept(), tap]);
    show(tap);
    sendKept();
  });
}
kept().forEach(show);
sendKept();
setInterval(sendKept, WAIT_MS);
addEventListener("online", sendKept);
