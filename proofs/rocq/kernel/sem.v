(* SPDX-License-Identifier: Apache-2.0 *)
(* The counting semaphore and the threads that wait for it, best priority first, first come first served among equals.

   Model            C (include/gale/kernel/sem.h, src/kernel/sem.c)
   OTry             gale_sem_try_take
   OTake t p d      gale_sem_take by thread t of priority p, up to its return or its block; None is GALE_FOREVER
   OGive            gale_sem_give
   OReset           gale_sem_reset
   OCancel t        gale_executor_cancel_wait or _abort of t
   OTick            time passes by one tick and what is due fires
   OSetPriority     gale_executor_set_priority of a waiting thread *)

From Coq Require Import List Arith Lia Bool Sorted Permutation.
From Gale Require Import trace ordered.
Import ListNotations.

Record waiter := Waiter { thread : nat; priority : nat; until : option nat }.
Record sem := Sem { count : nat; limit : nat; line : list waiter; now : nat }.

Inductive status := Ok | EBUSY | EAGAIN | ETIMEDOUT | ECANCELED | Blocked.
Inductive op := OTry | OTake (t p : nat) (d : option nat) | OGive | OReset | OCancel (t : nat) | OTick | OSetPriority (t p : nat).

(* What the call answers, and the waits that it ends, in order, with what they answer. *)
Record out := Out { st : status; ended : list (nat * status) }.

Definition end_with (s : status) (l : list waiter) : list (nat * status) := map (fun x => (thread x, s)) l.
Definition is_due (n : nat) (x : waiter) : bool := match until x with Some d => d <=? n | None => false end.
Definition passed (s : sem) (d : option nat) : bool := match d with Some n => n <=? now s | None => false end.
Arguments passed : simpl never.

Definition step (s : sem) (o : op) : sem * out :=
  match o with
  | OTry => match count s with
            | 0 => (s, Out EBUSY [])
            | S c => (Sem c (limit s) (line s) (now s), Out Ok [])
            end
  | OTake t p d =>
    match count s with
    | S c => (Sem c (limit s) (line s) (now s), Out Ok [])
    | 0 => match d with
           | Some 0 => (s, Out EBUSY [])
           | _ => if passed s d then (s, Out ETIMEDOUT [])
                  else (Sem 0 (limit s) (insert priority (Waiter t p d) (line s)) (now s), Out Blocked [])
           end
    end
  | OGive => match line s with
             | x :: l => (Sem (count s) (limit s) l (now s), Out Ok [(thread x, Ok)])
             | [] => (Sem (Nat.min (S (count s)) (limit s)) (limit s) [] (now s), Out Ok [])
             end
  | OReset => (Sem 0 (limit s) [] (now s), Out Ok (end_with EAGAIN (line s)))
  | OCancel t => (Sem (count s) (limit s) (filter (fun x => negb (thread x =? t)) (line s)) (now s),
                  Out Ok (end_with ECANCELED (filter (fun x => thread x =? t) (line s))))
  | OTick => let n := S (now s) in
             (Sem (count s) (limit s) (filter (fun x => negb (is_due n x)) (line s)) n,
              Out Ok (end_with ETIMEDOUT (filter (is_due n) (line s))))
  | OSetPriority t p =>
    match find (fun x => thread x =? t) (line s) with
    | None => (s, Out Ok [])
    | Some x => (Sem (count s) (limit s)
                     (insert priority (Waiter t p (until x)) (filter (fun x => negb (thread x =? t)) (line s))) (now s), Out Ok [])
    end
  end.

Definition init (c l n : nat) : sem := Sem c l [] n.

Definition ok (s : sem) : Prop :=
  0 < limit s /\ count s <= limit s /\ (0 < count s -> line s = []) /\ sorted priority (line s) /\
  Forall (fun x => is_due (now s) x = false) (line s).

Lemma filter_Forall {A} (P : A -> Prop) f (l : list A) : Forall P l -> Forall P (filter f l).
Proof. rewrite !Forall_forall. intros H x I. apply filter_In in I as [I _]. auto. Qed.

Lemma insert_Forall (P : waiter -> Prop) x l : P x -> Forall P l -> Forall P (insert priority x l).
Proof. rewrite !Forall_forall. intros A B y I. apply insert_in in I as [-> | I]; auto. Qed.

Lemma step_ok s o : ok s -> ok (fst (step s o)).
Proof.
  intros H. pose proof H as (A & B & C & D & E). destruct o as [| t p d | | | t | | t p]; cbn [step].
  - destruct (count s) as [| c] eqn:N; [exact H|]. unfold ok; simpl. rewrite C by lia. repeat split; auto; try lia. constructor.
  - destruct (count s) as [| c] eqn:N.
    + assert (G : passed s d = false -> ok (Sem 0 (limit s) (insert priority (Waiter t p d) (line s)) (now s))).
      { intro P. unfold ok; simpl. repeat split; auto; try lia; [now apply insert_sorted | now apply insert_Forall]. }
      destruct d as [[| d] |]; try exact H; destruct (passed s _) eqn:P; try exact H; now apply G.
    + unfold ok; simpl. rewrite C by lia. repeat split; auto; try lia. constructor.
  - destruct (line s) as [| x l] eqn:L; unfold ok; cbn [fst count limit line now].
    + repeat split; auto; try lia; constructor.
    + apply sorted_cons in D as [D _]. inversion E; subst. repeat split; auto. intro Q. specialize (C Q). discriminate.
  - unfold ok; simpl. repeat split; auto; try lia. constructor.
  - unfold ok; simpl. repeat split; auto; [intro Q; now rewrite C | now apply filter_sorted | now apply filter_Forall].
  - unfold ok; simpl. repeat split; auto; [intro Q; now rewrite C | now apply filter_sorted |].
    apply Forall_forall. intros x I. apply filter_In in I as [_ I]. now apply negb_true_iff in I.
  - destruct (find _ (line s)) as [x |] eqn:F; [| exact H]. apply find_some in F as [F _]. unfold ok; simpl. repeat split; auto.
    + intro Q. rewrite (C Q) in F. contradiction.
    + apply insert_sorted. now apply filter_sorted.
    + apply insert_Forall; [| now apply filter_Forall]. rewrite Forall_forall in E. exact (E x F).
Qed.

(* P01, P02, P09, P10: over any trace. *)
Theorem p01_count_within_limit c l n t : 0 < l -> c <= l -> ok (final step (init c l n) t).
Proof.
  intros. apply run_keeps with (K := fun _ => True); auto using step_ok. unfold ok, init; simpl. repeat split; auto; try lia. constructor.
Qed.

Theorem p02_limit_is_positive_and_fixed c l n t : 0 < l -> c <= l -> limit (final step (init c l n) t) = l /\ 0 < l.
Proof.
  intros P _. split; auto. apply (run_keeps step (fun s => limit s = l) (fun _ => True)); auto.
  intros s o E _. destruct o as [| t' p d | | | t' | | t' p]; cbn [step]; auto.
  - destruct (count s); auto.
  - destruct (count s); auto. destruct d as [[| d] |]; auto; destruct (passed s _); auto.
  - destruct (line s); auto.
  - destruct (find _ _); auto.
Qed.

Theorem p03_give_adds_one_saturating s : line s = [] -> count (fst (step s OGive)) = Nat.min (count s + 1) (limit s).
Proof. intro L. cbn [step]. rewrite L. simpl. now rewrite Nat.add_1_r. Qed.

(* P04: with waiters, the one of the best priority; among those, the one that has waited longest; the count stays. *)
Theorem p04_give_wakes_the_best s x l : ok s -> line s = x :: l ->
  snd (step s OGive) = Out Ok [(thread x, Ok)] /\ line (fst (step s OGive)) = l /\ count (fst (step s OGive)) = count s /\
  (forall y, In y (line s) -> priority x <= priority y) /\
  hd_error (filter (fun y => priority y =? priority x) (line s)) = Some x.
Proof.
  intros (_ & _ & _ & D & _) L. cbn [step]. rewrite L in *. simpl. repeat split; auto.
  - intros y I. now apply (sorted_head priority x l).
  - now rewrite Nat.eqb_refl.
Qed.

Theorem p05_take_subtracts_one s t p d : st (snd (step s (OTake t p d))) = Ok ->
  count s = S (count (fst (step s (OTake t p d)))) /\ line (fst (step s (OTake t p d))) = line s.
Proof.
  cbn [step]. destruct (count s); [| auto]. destruct d as [[| d] |]; simpl; try discriminate; destruct (passed s _); discriminate.
Qed.

Theorem p06_try_at_zero s : count s = 0 -> step s OTry = (s, Out EBUSY []) /\
  forall t p, step s (OTake t p (Some 0)) = (s, Out EBUSY []).
Proof. intro Z. cbn [step]. rewrite Z. auto. Qed.

(* P07, P10: a wait stands behind all of its own or a better priority, before all worse ones. *)
Theorem p07_take_at_zero_blocks s t p d : ok s -> count s = 0 -> d <> Some 0 -> passed s d = false ->
  st (snd (step s (OTake t p d))) = Blocked /\
  line (fst (step s (OTake t p d))) =
    filter (fun y => priority y <=? p) (line s) ++ Waiter t p d :: filter (fun y => p <? priority y) (line s).
Proof.
  intros (_ & _ & _ & D & _) Z N P. cbn [step]. rewrite Z. destruct d as [[| d] |]; [congruence | |]; rewrite P; simpl;
    split; auto; now rewrite insert_spec.
Qed.

Theorem p08_reset s : count (fst (step s OReset)) = 0 /\ line (fst (step s OReset)) = [] /\
  ended (snd (step s OReset)) = map (fun x => (thread x, EAGAIN)) (line s).
Proof. auto. Qed.

(* P09: no count passes the limit, and no permit is lost or made: gives that found room or a waiter are takes that
   succeeded plus what the count gained; over any trace without reset. *)
Definition gives (s : sem) (o : op) : nat :=
  match o with OGive => match line s with [] => Nat.min (S (count s)) (limit s) - count s | _ => 1 end | _ => 0 end.
Definition is_ok (x : nat * status) : bool := match snd x with Ok => true | _ => false end.
Definition takes (o : op) (a : out) : nat :=
  (match o, a with (OTry | OTake _ _ _), Out Ok _ => 1 | _, _ => 0 end) + length (filter is_ok (ended a)).

Theorem p09_permits_are_conserved s o : ok s -> o <> OReset ->
  count s + gives s o = takes o (snd (step s o)) + count (fst (step s o)).
Proof.
  intros (A & B & C & D & E) R.
  assert (T : forall s (l : list waiter), s <> Ok -> filter is_ok (end_with s l) = []).
  { intros s' l Q. induction l; simpl; auto. unfold is_ok at 1; simpl. destruct s'; auto. congruence. }
  destruct o as [| t p d | | | t | | t p]; cbn [step gives]; unfold takes; try congruence.
  - destruct (count s) eqn:N; simpl; lia.
  - destruct (count s) eqn:N; simpl; [| lia]. destruct d as [[| d] |]; simpl; auto; destruct (passed s _); simpl; auto.
  - destruct (line s) eqn:L; cbn [fst snd ended filter is_ok count length]; [lia | simpl; lia].
  - simpl. rewrite T by discriminate. simpl. lia.
  - simpl. rewrite T by discriminate. simpl. lia.
  - destruct (find _ _); simpl; lia.
Qed.

(* Each wait ends once: it is in line until something ends it. *)
Definition blocked (o : op) (a : out) : list nat := match o, a with OTake t _ _, Out Blocked _ => [t] | _, _ => [] end.

Lemma split_line f (l : list waiter) : Permutation l (filter f l ++ filter (fun x => negb (f x)) l).
Proof.
  induction l as [| e l IH]; simpl; auto. destruct (f e); simpl; auto.
  eapply perm_trans; [constructor; exact IH | apply Permutation_middle].
Qed.

Theorem p10_each_wait_ends_once s o : (forall t p, o <> OSetPriority t p) ->
  Permutation (map thread (line s) ++ blocked o (snd (step s o)))
              (map fst (ended (snd (step s o))) ++ map thread (line (fst (step s o)))).
Proof.
  intros R.
  assert (M : forall s' f, Permutation (map thread (line s) ++ [])
     (map fst (end_with s' (filter f (line s))) ++ map thread (filter (fun x => negb (f x)) (line s)))).
  { intros s' f. unfold end_with. rewrite app_nil_r, map_map.
    pose proof (Permutation_map thread (split_line f (line s))) as P. rewrite map_app in P. exact P. }
  destruct o as [| t p d | | | t | | t p]; cbn [step blocked]; try (exfalso; eapply R; reflexivity).
  - destruct (count s); simpl; now rewrite app_nil_r.
  - assert (I : Permutation (map thread (line s) ++ [t]) (map thread (insert priority (Waiter t p d) (line s)))).
    { pose proof (Permutation_map thread (insert_perm priority (Waiter t p d) (line s))) as P. simpl in P.
      eapply perm_trans; [| exact P]. symmetry. apply Permutation_cons_append. }
    destruct (count s); simpl; [| now rewrite app_nil_r].
    destruct d as [[| d] |]; [simpl; now rewrite app_nil_r | |]; (destruct (passed s _); simpl; [now rewrite app_nil_r | exact I]).
  - destruct (line s); simpl; now rewrite ?app_nil_r.
  - simpl. unfold end_with. rewrite map_map, !app_nil_r. apply Permutation_refl.
  - apply M.
  - apply M.
Qed.

(* P10: the queue stays ordered by priority; among equals a newcomer is last. *)
Theorem p10_fifo_among_equals s t p d k : ok s -> count s = 0 -> d <> Some 0 -> passed s d = false ->
  filter (fun y => priority y =? k) (line (fst (step s (OTake t p d)))) =
  filter (fun y => priority y =? k) (line s) ++ (if p =? k then [Waiter t p d] else []).
Proof.
  intros (_ & _ & _ & D & _) Z N P. cbn [step]. rewrite Z. destruct d as [[| d] |]; [congruence | |]; rewrite P; simpl;
    rewrite insert_equals by auto; reflexivity.
Qed.

Theorem p10_ordered_over_any_trace c l n t : 0 < l -> c <= l -> sorted priority (line (final step (init c l n) t)).
Proof. intros A B. apply (p01_count_within_limit c l n t A B). Qed.

(* TO08: with no wait a call never blocks. *)
Theorem to08_no_wait_never_blocks s t p : st (snd (step s (OTake t p (Some 0)))) <> Blocked.
Proof. cbn [step]. destruct (count s); discriminate. Qed.
