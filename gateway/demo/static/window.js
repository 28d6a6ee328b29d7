// The stand-in window's script. The number stays in this page: it is looked at, and forgotten.
"use strict";

function luhn(digits) {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    let d = Number(digits[digits.length - 1 - i]);
    if (i % 2 === 1) d = d > 4 ? d * 2 - 9 : d * 2;
    sum += d;
  }
  return digits.length >= 13 && digits.length <= 19 && sum % 10 === 0;
}

function tell(what) {
  window.parent.postMessage(what, "*"); // it says nothing of the card, so anybody may hear it
}

document.getElementById("card").addEventListener("submit", (event) => {
  event.preventDefault();
  const number = document.getElementById("number").value.replace(/\D/g, "");
  if (luhn(number)) {
    event.target.reset();
    tell("paid");
  } else {
    document.getElementById("fault").textContent = "Check the number · Проверьте номер";
  }
});
document.getElementById("close").addEventListener("click", () => tell("closed"));
