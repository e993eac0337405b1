addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => (d.open = true)));
if (navigator.clipboard && isSecureContext) {
  document.querySelectorAll(".command").forEach((box) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(box.querySelector("code").textContent);
      button.textContent = "copied";
      setTimeout(() => (button.textContent = "copy"), 1500);
    });
    box.append(button);
  });
}
