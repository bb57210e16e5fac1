// A button beside what is to be copied; without this script one click marks all of it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy);
  getSelection().selectAllChildren(text);
  // The newer way works on encrypted addresses alone, and the console is mostly asked for without.
  button.textContent = document.execCommand("copy") ? "Copied" : "Marked: copy it";
});
for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;
