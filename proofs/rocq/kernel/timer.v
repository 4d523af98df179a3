(* SPDX-License-Identifier: Apache-2.0 *)
(* A timer: deadlines that follow from each other, and a count of expiries.

   Model           C (include/gale/kernel/timer.h, src/kernel/timer.c)
   OStart          gale_timer_start
   OStop           gale_timer_stop
   ORead           gale_timer_read
   OExpire         gale__timer_expire, which the executor calls when the deadline has come (kernel/timeout)
   OPass n         time reaches tick n
   most is UINT32_MAX, forever is GALE_FOREVER. *)

From Coq Require Import List Arith Lia Bool.
From Gale Require Import trace.
Import ListNotations.

Record timer := Timer { now : nat; deadline : nat; period : nat; expired : nat; running : bool }.
Inductive op := OStart (first per : nat) | OStop | ORead | OExpire | OPass (n : nat).

Section Limits.
Variables most forever : nat.

Definition after (n d : nat) : nat := if d <? forever - n then n + d else forever.
Definition due (t : timer) : bool := running t && (deadline t <=? now t) && (deadline t <? forever).

Definition step (t : timer) (o : op) : timer * nat :=
  match o with
  | OStart first per => (Timer (now t) (Nat.max first (now t)) per 0 true, 0)
  | OStop => (Timer (now t) (deadline t) (period t) 0 false, 0)
  | ORead => (Timer (now t) (deadline t) (period t) 0 (running t), expired t)
  | OExpire =>
    if due t then
      (Timer (now t) (if 0 <? period t then after (deadline t) (period t) else deadline t) (period t)
             (if expired t <? most then S (expired t) else expired t) (0 <? period t), 0)
    else (t, 0)
  | OPass n => (Timer (Nat.max n (now t)) (deadline t) (period t) (expired t) (running t), 0)
  end.

Definition init : timer := Timer 0 forever 0 0 false.

Theorem tm01_count_in_range t : expired (final step init t) <= most.
Proof.
  apply (run_keeps step (fun x => expired x <= most) (fun _ => True)); auto; [| simpl; lia].
  intros s o H _. destruct o; simpl; auto; try lia. destruct (due s); simpl; auto.
  destruct (expired s <? most) eqn:E; auto. apply Nat.ltb_lt in E. lia.
Qed.

Theorem tm02_read_returns_and_zeroes t : snd (step t ORead) = expired t /\ expired (fst (step t ORead)) = 0.
Proof. auto. Qed.

(* Expiries are conserved: what was read, and what start and stop threw away, and what is counted now, is what expired,
   below the maximum. *)
Definition expiries (t : timer) (o : op) : nat :=
  match o with OExpire => if due t && (expired t <? most) then 1 else 0 | _ => 0 end.
Definition taken (t : timer) (o : op) : nat := match o with OStart _ _ | OStop | ORead => expired t | _ => 0 end.
Theorem tm02_expiries_are_conserved t o : expired t + expiries t o = taken t o + expired (fst (step t o)).
Proof. destruct o; simpl; try lia. destruct (due t); simpl; [destruct (_ <? _); simpl|]; lia. Qed.

Theorem tm03_start_zeroes t f p : expired (fst (step t (OStart f p))) = 0 /\ running (fst (step t (OStart f p))) = true.
Proof. auto. Qed.

Theorem tm04_stop_zeroes_and_clears t : expired (fst (step t OStop)) = 0 /\ running (fst (step t OStop)) = false.
Proof. auto. Qed.

Theorem tm04_stopped_never_expires t u : running t = false -> Forall (fun o => forall f p, o <> OStart f p) u ->
  running (final step t u) = false /\ expired (final step t u) <= expired t.
Proof.
  revert t. induction u as [| o u IH]; intros t R F; [unfold final; simpl; auto|].
  apply Forall_cons_iff in F as [F1 F2]. rewrite final_cons.
  assert (S : running (fst (step t o)) = false /\ expired (fst (step t o)) <= expired t).
  { destruct o; try (exfalso; eapply F1; reflexivity); cbn [step]; unfold due; rewrite ?R; simpl; split; auto; lia. }
  destruct S as [S1 S2]. destruct (IH (fst (step t o)) S1 F2). split; auto. lia.
Qed.

Theorem tm05_expiry_adds_one t : due t = true -> expired t < most -> expired (fst (step t OExpire)) = expired t + 1.
Proof. intros D L. simpl. rewrite D. apply Nat.ltb_lt in L. rewrite L. simpl. lia. Qed.

Theorem tm06_one_shot t : due t = true -> period t = 0 -> running (fst (step t OExpire)) = false /\
  deadline (fst (step t OExpire)) = deadline t.
Proof. intros D P. simpl. rewrite D, P. auto. Qed.

(* TM07: however late each expiry is served, the k-th deadline is first + k * period. *)
Fixpoint served (late : list nat) (t : timer) : timer :=
  match late with [] => t | n :: l => served l (fst (step (fst (step t (OPass n))) OExpire)) end.

Theorem tm07_no_drift late : forall t, running t = true -> 0 < period t ->
  (forall k, k <= length late -> deadline t + k * period t < forever) ->
  (forall k n, nth_error late k = Some n -> deadline t + k * period t <= n) ->
  deadline (served late t) = deadline t + length late * period t /\ running (served late t) = true.
Proof.
  induction late as [| n l IH]; intros t R P B D; [simpl; split; auto; lia|].
  assert (U : due (fst (step t (OPass n))) = true).
  { unfold due; cbn [step fst running deadline now]. rewrite R. simpl. apply andb_true_intro. split.
    - apply Nat.leb_le. specialize (D 0 n eq_refl). simpl in D. lia.
    - apply Nat.ltb_lt. specialize (B 0 ltac:(lia)). simpl in B. lia. }
  cbn [served]. set (t1 := fst (step (fst (step t (OPass n))) OExpire)).
  assert (E : deadline t1 = deadline t + period t /\ period t1 = period t /\ running t1 = true).
  { unfold t1. cbn [step] in *. rewrite U. cbn [fst deadline period running]. apply Nat.ltb_lt in P. rewrite P.
    specialize (B 1 ltac:(simpl; lia)). unfold after. replace (period t <? forever - deadline t) with true; auto.
    symmetry. apply Nat.ltb_lt. lia. }
  destruct E as (E1 & E2 & E3). destruct (IH t1) as [I1 I2]; auto; rewrite ?E1, ?E2; auto.
  - intros k K. specialize (B (S k) ltac:(simpl; lia)). simpl in B. lia.
  - intros k m M. specialize (D (S k) m M). simpl in D. lia.
  - rewrite I1, E1, E2. split; auto. simpl. lia.
Qed.

Theorem tm08_saturates t : due t = true -> expired t = most -> expired (fst (step t OExpire)) = most.
Proof. intros D L. simpl. rewrite D, L, Nat.ltb_irrefl. auto. Qed.
End Limits.
