export { default } from './live/page.tsx';
