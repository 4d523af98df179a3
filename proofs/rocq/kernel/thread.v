(* SPDX-License-Identifier: Apache-2.0 *)
(* A thread's life: what it may become from each state, its priority and its stack; and how many live.

   Model                  C (include/gale/kernel/thread.h, src/kernel/thread.c; executor.c for the pool)
   OInit                  gale_thread_init (gale_executor_spawn, which takes a slot of a dead thread)
   OPend, OWake           gale_thread_pend, gale_thread_wake
   OSuspend, OResume      gale_thread_suspend, gale_thread_resume
   OAbort                 gale_thread_abort (gale_executor_abort)
   OSetPriority           gale_thread_set_priority
   OMeasure               gale_thread_measure_stack; used: bytes that are no longer painted
   levels is GALE_PRIORITIES, align GALE_STACK_ALIGN; the pool has `most` slots. *)

From Coq Require Import List Arith Lia Bool.
From Gale Require Import trace.
Import ListNotations.

Record spec := Spec { entry : bool; stack : option nat; stack_bytes : nat; priority : nat }.
Record thread := Thread { its : spec; used : nat; pending : bool; suspended : bool; dead : bool }.

Inductive status := Ok | EINVAL | EPERM | ENOMEM.
Inductive op := OInit (i : nat) (p : spec) | OPend (i : nat) | OWake (i : nat) | OSuspend (i : nat) | OResume (i : nat)
              | OAbort (i : nat) | OSetPriority (i p : nat) | OMeasure (i u : nat).

Section Limits.
Variables levels align most : nat.

Definition stack_ok (p : spec) : bool :=
  match stack p with
  | None => stack_bytes p =? 0
  | Some _ => (0 <? stack_bytes p) && (stack_bytes p mod align =? 0)
  end.
Definition spec_ok (p : spec) : bool := entry p && (priority p <? levels) && stack_ok p.
Definition ready (t : thread) : bool := negb (pending t) && negb (suspended t) && negb (dead t).

Definition pool := list thread.
Definition fresh : thread := Thread (Spec false None 0 0) 0 false false true.
Definition init : pool := repeat fresh most.
Fixpoint set (l : pool) (i : nat) (t : thread) : pool :=
  match l, i with [], _ => [] | _ :: l', 0 => t :: l' | x :: l', S j => x :: set l' j t end.
Definition live (l : pool) : nat := length (filter (fun t => negb (dead t)) l).

Definition change (l : pool) (i : nat) (f : thread -> option thread * status) : pool * status :=
  match nth_error l i with
  | None => (l, EINVAL)
  | Some t => match f t with (Some t', s) => (set l i t', s) | (None, s) => (l, s) end
  end.

Definition act (o : op) (t : thread) : option thread * status :=
  match o with
  | OInit _ p => if negb (dead t) then (None, ENOMEM) else if spec_ok p
                 then (Some (Thread p 0 (match stack p with None => true | _ => false end) false false), Ok) else (None, EINVAL)
  | OPend _ => if ready t then (Some (Thread (its t) (used t) true (suspended t) (dead t)), Ok) else (None, EINVAL)
  | OWake _ => if pending t then (Some (Thread (its t) (used t) false (suspended t) (dead t)), Ok) else (None, EINVAL)
  | OSuspend _ => if dead t then (None, EPERM) else (Some (Thread (its t) (used t) (pending t) true (dead t)), Ok)
  | OResume _ => if dead t then (None, EPERM) else if suspended t
                 then (Some (Thread (its t) (used t) (pending t) false (dead t)), Ok) else (None, EINVAL)
  | OAbort _ => if dead t then (None, EPERM) else (Some (Thread (its t) (used t) false false true), Ok)
  | OSetPriority _ p => if p <? levels
                        then (Some (Thread (Spec (entry (its t)) (stack (its t)) (stack_bytes (its t)) p) (used t)
                                           (pending t) (suspended t) (dead t)), Ok) else (None, EINVAL)
  | OMeasure _ u => (Some (Thread (its t) (Nat.max (used t) (Nat.min u (stack_bytes (its t)))) (pending t) (suspended t) (dead t)), Ok)
  end.

Definition whom (o : op) : nat :=
  match o with OInit i _ | OPend i | OWake i | OSuspend i | OResume i | OAbort i | OSetPriority i _ | OMeasure i _ => i end.

Definition step (l : pool) (o : op) : pool * status := change l (whom o) (act o).

Definition thread_ok (t : thread) : Prop := (dead t = true \/ spec_ok (its t) = true) /\ used t <= stack_bytes (its t) /\
  (dead t = true -> pending t = false /\ suspended t = false).

Lemma act_ok o t : thread_ok t -> match fst (act o t) with Some t' => thread_ok t' | None => True end.
Proof.
  destruct t as [p u pe su de]. unfold thread_ok, ready; simpl. intros (A & B & C).
  destruct o; simpl; destruct de; simpl; auto; repeat match goal with
    | |- context [if ?b then _ else _] => destruct b eqn:?; simpl; auto end;
    try (destruct (C eq_refl) as [-> ->]); rewrite ?andb_false_r in *; try discriminate;
    try (repeat split; auto; try lia; try discriminate; fail).
  destruct A as [A | A]; [discriminate|]. repeat split; auto; try discriminate. right. unfold spec_ok in *. simpl. rewrite Heqb.
  apply andb_prop in A as [A1 A2]. apply andb_prop in A1 as [A1 A3]. rewrite A1. simpl. exact A2.
Qed.

Lemma set_Forall (P : thread -> Prop) l : forall i t, Forall P l -> P t -> Forall P (set l i t).
Proof. induction l as [| x l IH]; intros [| i] t F H; simpl; auto; inversion F; subst; constructor; auto. Qed.

Lemma step_ok l o : Forall thread_ok l -> Forall thread_ok (fst (step l o)).
Proof.
  intro F. unfold step, change. destruct (nth_error l (whom o)) as [t |] eqn:E; auto.
  assert (T : thread_ok t) by (rewrite Forall_forall in F; apply F; eapply nth_error_In; eauto).
  pose proof (act_ok o t T) as A. destruct (act o t) as [[t' |] s]; simpl in *; auto. now apply set_Forall.
Qed.

Lemma set_length l : forall i t, length (set l i t) = length l.
Proof. induction l as [| x l IH]; intros [| i] t; simpl; auto. Qed.

Lemma step_length l o : length (fst (step l o)) = length l.
Proof.
  unfold step, change. destruct (nth_error l (whom o)); auto. destruct (act o t) as [[t' |] s]; simpl; auto. apply set_length.
Qed.

Lemma reached t : Forall thread_ok (final step init t) /\ length (final step init t) = most.
Proof.
  apply (run_keeps step (fun l => Forall thread_ok l /\ length l = most) (fun _ => True)); auto.
  - intros s o [A B] _. split; [now apply step_ok | now rewrite step_length].
  - unfold init. rewrite repeat_length. split; auto. apply Forall_forall. intros x I. apply repeat_spec in I. subst.
    unfold thread_ok; simpl. auto.
Qed.

(* TH01 TH02 TH03: over any trace, whoever lives has an entry, a priority in range and a positive aligned stack or none. *)
Theorem th01_live_threads_are_valid t x : In x (final step init t) -> dead x = false -> spec_ok (its x) = true.
Proof.
  intros I D. destruct (reached t) as [F _]. rewrite Forall_forall in F. destruct (F x I) as ([A | A] & _); congruence.
Qed.

Theorem th02_priority_in_range t x : In x (final step init t) -> dead x = false -> priority (its x) < levels.
Proof.
  intros I D. pose proof (th01_live_threads_are_valid t x I D) as S. unfold spec_ok in S. apply andb_prop in S as [S _].
  apply andb_prop in S as [_ S]. now apply Nat.ltb_lt.
Qed.

Theorem th03_stack_positive_and_aligned t x b : In x (final step init t) -> dead x = false -> stack (its x) = Some b ->
  0 < stack_bytes (its x) /\ stack_bytes (its x) mod align = 0.
Proof.
  intros I D S. pose proof (th01_live_threads_are_valid t x I D) as Q. unfold spec_ok, stack_ok in Q. rewrite S in Q.
  apply andb_prop in Q as [_ Q]. apply andb_prop in Q as [Q1 Q2]. split; [now apply Nat.ltb_lt | now apply Nat.eqb_eq].
Qed.

Theorem th04_use_never_exceeds_the_size t x : In x (final step init t) -> used x <= stack_bytes (its x).
Proof. intros I. destruct (reached t) as [F _]. rewrite Forall_forall in F. apply (F x I). Qed.

(* TH05 TH06: the live count follows births and deaths and stays in 0..most. *)
Definition born (l : pool) (o : op) : nat := match o, snd (step l o) with OInit _ _, Ok => 1 | _, _ => 0 end.
Definition died (l : pool) (o : op) : nat := match o, snd (step l o) with OAbort _, Ok => 1 | _, _ => 0 end.

Lemma live_set l : forall i t x, nth_error l i = Some x ->
  live (set l i t) + (if dead x then 0 else 1) = live l + (if dead t then 0 else 1).
Proof.
  unfold live. induction l as [| y l IH]; intros [| i] t x E; simpl in *; try discriminate.
  - injection E as ->. destruct (dead x), (dead t); simpl; lia.
  - specialize (IH i t x E). destruct (dead y); simpl; lia.
Qed.

Theorem th05_live_count_follows_births_and_deaths l o : live (fst (step l o)) + died l o = live l + born l o.
Proof.
  unfold born, died, step, change.
  assert (S : forall i t t', nth_error l i = Some t -> dead t = dead t' -> live (set l i t') = live l).
  { intros i t t' E D. pose proof (live_set l i t' t E) as S. rewrite D in S. lia. }
  destruct o as [i p | i | i | i | i | i | i p | i u]; simpl; destruct (nth_error l i) as [t |] eqn:E; simpl; try lia.
  - destruct (dead t) eqn:D; simpl; [| lia]. destruct (spec_ok p); simpl; [| lia].
    match goal with |- context [set l i ?x] => pose proof (live_set l i x t E) as Q end. rewrite D in Q. simpl in Q. lia.
  - destruct (ready t); simpl; [rewrite (S i t) by auto|]; lia.
  - destruct (pending t); simpl; [rewrite (S i t) by auto|]; lia.
  - destruct (dead t) eqn:D; simpl; [lia|]. rewrite (S i t) by auto. lia.
  - destruct (dead t) eqn:D; simpl; [lia|]. destruct (suspended t); simpl; [rewrite (S i t) by auto|]; lia.
  - destruct (dead t) eqn:D; simpl; [lia|].
    match goal with |- context [set l i ?x] => pose proof (live_set l i x t E) as Q end. rewrite D in Q. simpl in Q. lia.
  - destruct (p <? levels); simpl; [rewrite (S i t) by auto|]; lia.
  - rewrite (S i t) by auto. lia.
Qed.

Theorem th06_live_count_within_the_pool t : live (final step init t) <= most.
Proof.
  destruct (reached t) as [_ L]. rewrite <- L. unfold live. generalize (final step init t). intro p.
  induction p as [| x p IH]; simpl; auto. destruct (negb (dead x)); simpl; lia.
Qed.

(* SC13..SC16. *)
Definition reinit (o : op) : Prop := exists i p, o = OInit i p.

Theorem sc13_dead_has_no_way_out o t : dead t = true -> ~ reinit o ->
  match fst (act o t) with Some t' => dead t' = true | None => True end.
Proof.
  destruct t as [p u pe su de]; simpl. intros -> N.
  destruct o; simpl; auto; unfold ready; simpl; rewrite ?andb_false_r; simpl; auto;
    try (exfalso; apply N; unfold reinit; eauto; fail); repeat match goal with
    | |- context [if ?b then _ else _] => destruct b eqn:?; simpl; auto end.
Qed.

Theorem sc13_dead_is_never_ready t : dead t = true -> ready t = false.
Proof. unfold ready. intros ->. apply andb_false_r. Qed.

Theorem sc14_suspending_twice_equals_once i l : fst (step (fst (step l (OSuspend i))) (OSuspend i)) = fst (step l (OSuspend i)).
Proof.
  unfold step, change; simpl. destruct (nth_error l i) as [t |] eqn:E; simpl; [| now rewrite E].
  destruct (dead t) eqn:D; simpl; [rewrite E, D; auto|].
  assert (N : forall (l : pool) j x y, nth_error l j = Some x -> nth_error (set l j y) j = Some y).
  { clear. induction l as [| z l IH]; intros [| j] x y H; simpl in *; try discriminate; auto. eapply IH; eauto. }
  assert (S : forall (l : pool) j x, set (set l j x) j x = set l j x).
  { clear. induction l as [| z l IH]; intros [| j] x; simpl; auto. now rewrite IH. }
  rewrite (N _ _ _ _ E). simpl. apply S.
Qed.

Theorem sc15_resume_works_only_from_suspended i t : snd (act (OResume i) t) = Ok <-> dead t = false /\ suspended t = true.
Proof. simpl. destruct (dead t), (suspended t); simpl; split; try discriminate; tauto || (intros [A B]; discriminate) || auto. Qed.

Theorem sc16_abort_from_every_live_state i t : dead t = false ->
  snd (act (OAbort i) t) = Ok /\ match fst (act (OAbort i) t) with Some t' => dead t' = true /\ ready t' = false | None => False end.
Proof. intro D. simpl. rewrite D. simpl. auto. Qed.
End Limits.
