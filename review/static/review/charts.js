// Draws each figure of the page with plotly, in the colours of the style sheet, again when light turns to dark.
"use strict";
(() => {
  const plain = { displayModeBar: false, responsive: true };
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  function coloured(value, styles) {
    if (typeof value === "string") return value.startsWith("--") ? styles.getPropertyValue(value).trim() : value;
    if (Array.isArray(value)) return value.map((one) => coloured(one, styles));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, coloured(one, styles)]));
    }
    return value;
  }

  function draw(place) {
    const styles = getComputedStyle(document.documentElement);
    const figure = JSON.parse(document.getElementById(place.dataset.figure).textContent);
    const axis = { gridcolor: "--line", zerolinecolor: "--line-strong", linecolor: "--line", automargin: true, fixedrange: true };
    const layout = {
      margin: { l: 56, r: 16, t: 24, b: 48 },
      ...figure.layout,
      xaxis: { ...axis, ...figure.layout.xaxis },
      yaxis: { ...axis, ...figure.layout.yaxis },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: styles.fontFamily, size: 13, color: "--ink" },
      hoverlabel: { bgcolor: "--surface", bordercolor: "--line-strong", font: { color: "--ink" } },
      legend: { orientation: "h", x: 0, y: 1.12, ...figure.layout.legend },
      bargap: 0.1,
    };
    window.Plotly.react(place, coloured(figure.data, styles), coloured(layout, styles), plain);
  }

  const drawAll = () => document.querySelectorAll(".chart[data-figure]").forEach(draw);
  drawAll();
  document.body.addEventListener("htmx:afterSettle", drawAll); // new numbers, same places
  dark.addEventListener("change", drawAll);
})();
