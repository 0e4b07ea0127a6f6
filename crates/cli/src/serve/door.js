const form = document.querySelector("form");
const alert = document.querySelector("[role=alert]");

async function enter(key) {
  alert.textContent = "";
  const answer = await fetch("/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(key),
  }).catch(() => null);
  if (answer?.ok) location.replace("/");
  else alert.textContent = alert.dataset.failed;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  enter({ token: form.elements.token.value.trim() });
});

function enterByLink() {
  const code = location.hash.slice(1);
  if (!code) return;
  history.replaceState(null, "", location.pathname);
  enter({ code });
}

// A link pasted while the door is open changes nothing but the hash.
addEventListener("hashchange", enterByLink);
enterByLink();
