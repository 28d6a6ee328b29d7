// The demo shop's own script: it opens the payment window, and it asks about coupons as a shop's AJAX does.
"use strict";

const pay = document.getElementById("pay");
if (pay) {
  const origin = pay.dataset.window;
  const dialog = document.getElementById("window");
  pay.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.src = origin + "/";
    frame.title = dialog.getAttribute("aria-label");
    dialog.replaceChildren(frame);
    dialog.showModal();
  });
  window.addEventListener("message", (event) => {
    if (event.origin !== origin) return; // only the window may say that it was paid
    if (event.data === "paid") window.location.assign("/checkout/thanks");
    if (event.data === "closed") dialog.close();
  });
}

const coupon = document.getElementById("coupon");
if (coupon) {
  coupon.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch("/checkout/coupon", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ coupon: new FormData(coupon).get("coupon") }),
    });
    const said = await answer.json();
    document.getElementById("coupon-answer").textContent = said.detail;
  });
}
