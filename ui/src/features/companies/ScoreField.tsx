import { Field, Input } from "@fluentui/react-components";
import { isScore } from "./score";

type Props = { label: string; value: number | null | undefined; onChange: (score: number | null) => void };

/** A score to filter by; what is none filters nothing. */
export function ScoreField({ label, value, onChange }: Props) {
  return (
    <Field label={label} size="small">
      <Input
        size="small"
        type="number"
        min={0}
        max={100}
        value={value?.toString() ?? ""}
        onChange={(_, data) => {
          if (data.value === "") onChange(null);
          else if (isScore(Number(data.value))) onChange(Number(data.value));
        }}
      />
    </Field>
  );
}
