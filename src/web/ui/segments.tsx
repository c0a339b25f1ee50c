interface SegmentsProps<Choice extends string> {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly chosen: Choice;
  readonly onChoose: (choice: Choice) => void;
  readonly className?: string;
}

/** One choice of a few, all of them in sight. */
export function Segments<Choice extends string>({
  label,
  choices,
  chosen,
  onChoose,
  className,
}: SegmentsProps<Choice>) {
  return (
    <fieldset className={`seg ${className ?? ''}`}>
      <legend className="sr">{label}</legend>
      {choices.map((choice) => (
        <button key={choice} type="button" aria-pressed={choice === chosen} onClick={() => onChoose(choice)}>
          {choice}
        </button>
      ))}
    </fieldset>
  );
}
