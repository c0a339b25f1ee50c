// Runs in the browser, inside of the chart page. `window.chart` says what to show.
const { symbol, shown, loadMs, staleCanvasMs, staleLegendMs, stale } = window.chart;
const canvas = document.querySelector('[data-name="pane-canvas"]');
const legend = document.querySelector('[data-name="legend-source-item"]');
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Candles with their price axis, the running one last, and the symbol's name behind them. */
function draw({ candles, name, decimals }) {
  const scale = window.devicePixelRatio;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const brush = canvas.getContext('2d');
  brush.scale(scale, scale);
  brush.fillStyle = '#131722';
  brush.fillRect(0, 0, width, height);
  brush.fillStyle = '#2a2e39';
  brush.font = '64px sans-serif';
  brush.textAlign = 'center';
  brush.fillText(name, width / 2, height / 2);
  const high = Math.max(...candles.map((candle) => candle.high));
  const low = Math.min(...candles.map((candle) => candle.low));
  const axis = 80;
  const step = (width - axis) / candles.length;
  const y = (price) => 20 + ((high - price) / (high - low || 1)) * (height - 40);
  candles.forEach(({ open, high: top, low: bottom, close }, k) => {
    brush.fillStyle = close >= open ? '#26a69a' : '#ef5350';
    brush.fillRect((k + 0.5) * step, y(top), 1, Math.max(1, y(bottom) - y(top)));
    brush.fillRect((k + 0.2) * step, y(Math.max(open, close)), step * 0.6, Math.max(1, Math.abs(y(open) - y(close))));
  });
  brush.fillStyle = '#b2b5be';
  brush.font = '12px sans-serif';
  brush.textAlign = 'left';
  for (let k = 0; k <= 8; k++) {
    const price = low + ((high - low) * k) / 8;
    brush.fillText(price.toFixed(decimals), width - axis + 8, y(price) + 4);
  }
}

function describe({ legend: text }) {
  legend.textContent = text;
}

async function show() {
  await pause(loadMs);
  document.querySelector('.tv-spinner').remove();
  const first = stale ?? shown;
  draw(staleCanvasMs > 0 ? first : shown);
  describe(staleLegendMs > 0 ? first : shown);
  setTimeout(() => describe(shown), staleLegendMs);
  setTimeout(() => requestAnimationFrame(() => draw(shown)), staleCanvasMs);
}

/** Like the site's own connection, so that the network is never idle. */
async function pulse() {
  for (;;) {
    await fetch('/pulse').catch(() => undefined);
    await pause(300);
  }
}

function accept() {
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is not there without TLS
  document.cookie = 'cookiePrivacyPreferenceBannerProduction=accepted; path=/';
  document.querySelector('.consent').remove();
}

document.querySelector('.consent button')?.addEventListener('click', accept);
document.querySelector('.offer button')?.addEventListener('click', () => document.querySelector('.offer').remove());
if (symbol !== null) show();
pulse();
