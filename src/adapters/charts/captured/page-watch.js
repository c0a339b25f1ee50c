// Runs in the browser, in every page before the page's own scripts, as the body of a function of `selectors`.
// It keeps the order of two things: when the legend began to tell of another chart, and when the candles were drawn last.
let step = 0;
let told = 0;
let drawn = 0;
let head = '';

const legendText = () => document.querySelector(selectors.legend)?.textContent ?? '';

/** Symbol and interval: the figures behind them change all the time. */
const headOf = (text) => text.split('·').slice(0, 2).join('·');

new MutationObserver(() => {
  const now = headOf(legendText());
  if (now !== head) {
    head = now;
    told = ++step;
  }
}).observe(document, { childList: true, subtree: true, characterData: true });

for (const name of ['fillRect', 'fill', 'stroke', 'drawImage']) {
  const draw = CanvasRenderingContext2D.prototype[name];
  CanvasRenderingContext2D.prototype[name] = function (...values) {
    if (this.canvas instanceof HTMLCanvasElement && this.canvas.matches(selectors.canvas)) drawn = ++step;
    return draw.apply(this, values);
  };
}

const areaOf = ({ width, height }) => width * height;

/** The pixels as text; empty where there are none, or all are alike. */
function pixelsOf(canvas) {
  if (canvas === undefined || areaOf(canvas) === 0) return '';
  const pixels = new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return pixels.every((pixel) => pixel === pixels[0]) ? '' : canvas.toDataURL();
}

/** Whether something that is no part of the chart lies over it, at any of 100 places. */
function isCovered() {
  const chart = document.querySelector(selectors.chart);
  if (chart === null) return false;
  const { left, top, width, height } = chart.getBoundingClientRect();
  const places = Array.from({ length: 10 }, (_, k) => (k + 0.5) / 10);
  return places.some((x) =>
    places.some((y) => {
      const found = document.elementFromPoint(left + x * width, top + y * height);
      return found !== null && !chart.contains(found);
    }),
  );
}

const isVisible = (selector) => [...document.querySelectorAll(selector)].some((one) => one.checkVisibility());

/** What the page shows, two frames from now: what is drawn until then is on the screen. */
window.chartWatch = async () => {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const [canvas] = [...document.querySelectorAll(selectors.canvas)].sort((a, b) => areaOf(b) - areaOf(a));
  return {
    legend: legendText(),
    told,
    isRedrawn: drawn > told,
    isLoading: isVisible(selectors.spinner),
    isCovered: isCovered(),
    pixels: pixelsOf(canvas),
  };
};
