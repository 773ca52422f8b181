// Keeps what is marked data-live as the server has it now; the rest of the page, and what is being typed, stays.
"use strict";

async function follow() {
  if (!document.hidden) {
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const shown of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(shown.id);
      if (next && next.innerHTML !== shown.innerHTML) shown.replaceChildren(...next.childNodes);
    }
  }
}

setInterval(() => follow().catch(() => {}), 2000); // the server may be restarting: the next round tries again
