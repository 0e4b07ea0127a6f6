import { screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { open, referral, signedIn } from "./world";

test("a figure leads to the referrals behind it", async () => {
  const { platform, user } = await open({
    snapshot: signedIn,
    referrals: [
      referral({ referral_id: "a", customer_name: "Fabrikam", status: "Closed", substatus: "Expired" }),
      referral({ referral_id: "b", customer_name: "Contoso" }),
    ],
    insights: {
      pipeline: [],
      received: [],
      closed: [],
      answers: [],
      median_answer_hours: null,
      answered: 0,
      expired: 1,
    },
  });
  await user.click(screen.getByRole("link", { name: "Activity" }));
  await user.click(screen.getByRole("tab", { name: "Figures" }));
  await user.click(await screen.findByRole("button", { name: "Expiries missed: 1" }));
  expect(await screen.findByRole("grid", { name: "Referrals" })).toBeVisible();
  await waitFor(() => expect(platform.asked("list_referrals").at(-1)?.query.status).toBe("Closed"));
  expect(await screen.findByText("Fabrikam")).toBeVisible();
  await waitFor(() => expect(screen.queryByText("Contoso")).not.toBeInTheDocument());
});
