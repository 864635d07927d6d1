// New texts come in by themselves. Only a conversation is replaced, so typing and focus stay where they are.
"use strict";

const phones = document.getElementById("phones");
let newest = Number(phones.dataset.newest);

async function refresh(id) {
  const answer = await fetch(phones.dataset.phones + id);
  if (!answer.ok) return;
  const piece = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = piece.getElementById(`phone-${id}`);
  const talk = document.getElementById(`talk-${id}`);
  if (talk) {
    const [height, fromEnd] = [talk.scrollHeight, -talk.scrollTop]; // the list hangs from its end
    talk.replaceChildren(...piece.getElementById(`talk-${id}`).childNodes);
    talk.scrollTop = fromEnd > 40 ? height - talk.scrollHeight - fromEnd : 0;
  } else if (phones.dataset.all) {
    phones.append(fresh);
    const name = fresh.querySelector("h2").textContent;
    document.getElementById("found").textContent = `${phones.children.length} phones. New at the end: ${name}`;
  }
}

let looking = null;

function look() {
  looking ??= (async () => {
    const answer = await fetch(`${phones.dataset.changes}?after=${newest}`);
    const changes = await answer.json();
    await Promise.all(changes.phones.map(refresh));
    newest = changes.newest;
  })().catch(() => {}).finally(() => { looking = null; });
  return looking;
}

phones.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const words = new FormData(form, event.submitter);
  if (!event.submitter?.name) form.elements.body.value = "";
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(words) });
  if (!answer.ok) window.alert("The reply was not sent. Reload the page and try again.");
  await looking;
  look();
});

setInterval(() => { if (!document.hidden) look(); }, Number(phones.dataset.poll) * 1000);
