import { useDisplay } from '../display.ts';
import { currencySign, formatMoney, MISSING, type MoneyLook, moneyAndCents } from '../format.ts';

const HIDDEN = '•••';

function Hidden({ sign = '' }: { readonly sign?: string }) {
  return (
    <>
      <span aria-hidden="true">{sign + HIDDEN}</span>
      <span className="sr">hidden</span>
    </>
  );
}

/** An amount of money, or dots while amounts are hidden (H). */
export function Amount({ value, ...look }: { readonly value: number | null } & MoneyLook) {
  const { hideAmounts } = useDisplay();
  if (value === null) return MISSING;
  return hideAmounts ? <Hidden sign={currencySign(look.currency)} /> : formatMoney(value, look);
}

/** A headline amount: its cents are dimmed. */
export function BigAmount({ value, currency }: { readonly value: number; readonly currency: string }) {
  const { hideAmounts } = useDisplay();
  if (hideAmounts) return <Hidden sign={currencySign(currency)} />;
  const [whole, cents] = moneyAndCents(value, currency);
  return (
    <>
      {whole}
      <span className="cents">{cents}</span>
    </>
  );
}

/** A quantity tells the amount as soon as one knows the price, so it hides with the amounts. */
export function Quantity({ text }: { readonly text: string }) {
  const { hideAmounts } = useDisplay();
  return hideAmounts ? <Hidden /> : text;
}
