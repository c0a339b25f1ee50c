/** Colours of a picture. Candles carry their direction by form too: a rising one is hollow. */
export interface ChartTheme {
  readonly ground: string;
  readonly grid: string;
  readonly divider: string;
  readonly text: string;
  readonly faint: string;
  readonly up: string;
  readonly down: string;
  readonly upVolume: string;
  readonly downVolume: string;
  /** What the last price is written on. */
  readonly tag: string;
  readonly onTag: string;
  /** In the order in which lines take them. */
  readonly lines: readonly string[];
}

export const CHART_THEMES: Readonly<Record<'dark' | 'light', ChartTheme>> = {
  dark: {
    ground: '#0a0a0a',
    grid: '#1d1d1b',
    divider: '#34332f',
    text: '#f2f1ec',
    faint: '#a19f96',
    up: '#45cf9a',
    down: '#f0555f',
    upVolume: '#1f5a45',
    downVolume: '#66292e',
    tag: '#f2f1ec',
    onTag: '#0a0a0a',
    lines: ['#f0c02c', '#6fb1ff', '#d58cff', '#ff9d5c', '#5ee0e6', '#ff8fc0'],
  },
  light: {
    ground: '#ffffff',
    grid: '#ececea',
    divider: '#c9c8c2',
    text: '#151513',
    faint: '#66645c',
    up: '#0c7a52',
    down: '#c3212f',
    upVolume: '#b5ddcb',
    downVolume: '#f0bfc3',
    tag: '#151513',
    onTag: '#ffffff',
    lines: ['#a87400', '#1b62c4', '#8a2fc2', '#b94f00', '#00757c', '#b3206a'],
  },
};
