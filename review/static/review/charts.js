// Draws each figure of the page with plotly, in the colours of the style sheet, again when light turns to dark.
"use strict";
(() => {
  const plain = { displayModeBar: false, responsive: true };
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  // Plotly knows names and signs in English alone; the browser knows them in the page's language.
  function learn(language) {
    const written = (options) => new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
    const months = [...Array(12).keys()].map((month) => Date.UTC(2023, month, 1));
    const days = [...Array(7).keys()].map((day) => Date.UTC(2023, 0, 1 + day)); // the first was a Sunday
    const named = (dates, options) => dates.map((date) => written(options).format(date));
    const parts = new Intl.NumberFormat(language).formatToParts(12345.6);
    const sign = (type) => parts.find((part) => part.type === type).value;
    const format = {
      months: named(months, { month: "long" }),
      shortMonths: named(months, { month: "short" }),
      days: named(days, { weekday: "long" }),
      shortDays: named(days, { weekday: "short" }),
      date: "%d.%m.%Y",
      decimal: sign("decimal"),
      thousands: sign("group"),
    };
    window.Plotly.register({ moduleType: "locale", name: language, dictionary: {}, format });
    plain.locale = language;
  }

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
  if (!document.documentElement.lang.startsWith("en")) learn(document.documentElement.lang);
  drawAll();
  document.body.addEventListener("htmx:afterSettle", drawAll); // new numbers, same places
  dark.addEventListener("change", drawAll);
})();
