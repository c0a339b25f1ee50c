// Runs before the first paint: the theme and colours that were chosen in this browser (see display.ts).
try {
  const display = JSON.parse(localStorage.getItem('autotrader.display') ?? '{}');
  if (display.theme === 'light') document.documentElement.dataset.theme = 'light';
  if (display.colours === 'colour-blind') document.documentElement.dataset.cvd = 'on';
} catch {
  // Storage is blocked: dark, with the standard colours.
}
