(* SPDX-License-Identifier: Apache-2.0 *)
(* Deadlines of many ids: which is due next, earliest first, in the order of adding among equals.

   Model          C (include/gale/kernel/timeout.h, src/kernel/timeout.c)
   OAdd           gale_timeout_add
   OAddAfter      gale_timeout_add_after
   OAbort         gale_timeout_abort
   OPop           gale_timeout_pop_due
   ONext          gale_timeout_next_deadline
   OActive        gale_timeout_is_active
   after          gale_timeout_deadline_after
   The heap and its sequence numbers are C's; here the queue is the order itself. forever is GALE_FOREVER. *)

From Coq Require Import List Arith Lia Bool Sorted Permutation.
From Gale Require Import trace ordered.
Import ListNotations.

Record entry := Entry { deadline : nat; id : nat }.
Record queue := Queue { forever : nat; now : nat; due : list entry }.

Inductive status := Ok | EALREADY | ENOENT | EAGAIN.
Inductive op := OAdd (i d : nat) | OAddAfter (i d : nat) | OAbort (i : nat) | OPop (n : nat) | ONext | OActive (i : nat).

(* fired: the id that came out; value: what the call returns besides. *)
Record out := Out { st : status; fired : option entry; value : nat }.

Definition active (q : queue) (i : nat) : bool := existsb (fun e => id e =? i) (due q).

Definition after (f n d : nat) : nat := if d <? f - n then n + d else f.

Definition add (q : queue) (i d : nat) : queue * out :=
  if active q i then (q, Out EALREADY None 0)
  else if d =? forever q then (q, Out Ok None 0)
  else (Queue (forever q) (now q) (insert deadline (Entry (Nat.max d (now q)) i) (due q)), Out Ok None 0).

Definition pop (q : queue) (n : nat) : queue * out :=
  let t := Nat.max n (now q) in
  match due q with
  | e :: rest => if deadline e <=? t then (Queue (forever q) (deadline e) rest, Out Ok (Some e) 0)
                 else (Queue (forever q) t (due q), Out EAGAIN None 0)
  | [] => (Queue (forever q) t [], Out EAGAIN None 0)
  end.

Definition step (q : queue) (o : op) : queue * out :=
  match o with
  | OAdd i d => add q i d
  | OAddAfter i d => add q i (after (forever q) (now q) d)
  | OAbort i => if active q i then (Queue (forever q) (now q) (filter (fun e => negb (id e =? i)) (due q)), Out Ok None 0)
                else (q, Out ENOENT None 0)
  | OPop n => pop q n
  | ONext => (q, Out Ok None (match due q with e :: _ => deadline e | [] => forever q end))
  | OActive i => (q, Out Ok None (if active q i then 1 else 0))
  end.

Definition init (f n : nat) : queue := Queue f n [].

(* Ticks that a caller can name are up to forever; now stays below it, as time does. *)
Definition sane (f : nat) (o : op) : Prop :=
  match o with OAdd _ d => d <= f | OPop n => n < f | _ => True end.

Definition ok (q : queue) : Prop :=
  now q < forever q /\ sorted deadline (due q) /\ NoDup (map id (due q)) /\
  Forall (fun e => now q <= deadline e < forever q) (due q).

Lemma active_in q i : active q i = true <-> In i (map id (due q)).
Proof.
  unfold active. rewrite existsb_exists, in_map_iff. split.
  - intros (e & I & E). apply Nat.eqb_eq in E. eauto.
  - intros (e & E & I). exists e. split; auto. now apply Nat.eqb_eq.
Qed.

Lemma NoDup_filter_ids f (l : list entry) : NoDup (map id l) -> NoDup (map id (filter f l)).
Proof.
  induction l as [| e l IH]; simpl; intro H; auto. inversion H; subst. destruct (f e); simpl; auto.
  constructor; auto. intro I. apply H2. apply in_map_iff in I as (x & X & I). apply filter_In in I as [I _].
  apply in_map_iff. eauto.
Qed.

Lemma add_ok q i d : ok q -> d <= forever q -> ok (fst (add q i d)).
Proof.
  intros (N & S & U & F) D. unfold add. destruct (active q i) eqn:A; [repeat split; auto|].
  destruct (d =? forever q) eqn:E; [repeat split; auto|]. apply Nat.eqb_neq in E.
  unfold ok; simpl. split; [auto | split; [now apply insert_sorted | split]].
  - apply (Permutation_NoDup (Permutation_map id (insert_perm deadline (Entry (Nat.max d (now q)) i) (due q)))).
    simpl. constructor; auto. intro I. apply active_in in I. congruence.
  - apply Forall_forall. intros e I. apply insert_in in I as [-> | I]; simpl; [lia|].
    rewrite Forall_forall in F. auto.
Qed.

Lemma after_bound f n d : n < f -> after f n d <= f /\ after f n d = Nat.min (n + d) f.
Proof. intro H. unfold after. destruct (d <? f - n) eqn:E; [apply Nat.ltb_lt in E | apply Nat.ltb_ge in E]; lia. Qed.

Lemma pop_ok q n : ok q -> n < forever q -> ok (fst (pop q n)).
Proof.
  intros (N & S & U & F) D. unfold pop. destruct (due q) as [| e rest] eqn:E; [unfold ok; simpl; repeat split; auto; lia|].
  apply sorted_cons in S as [S S']. inversion F; subst. inversion U; subst.
  destruct (deadline e <=? Nat.max n (now q)) eqn:L; unfold ok; simpl.
  - repeat split; auto; try lia. apply Forall_forall. intros x I. rewrite Forall_forall in *. specialize (S' x I). specialize (H2 x I). lia.
  - apply Nat.leb_gt in L. repeat split; auto; try lia.
    + now apply sorted_cons.
    + constructor; [lia|]. rewrite Forall_forall in *. intros x I. specialize (S' x I). specialize (H2 x I). lia.
Qed.

Lemma step_ok q o : ok q -> sane (forever q) o -> ok (fst (step q o)) /\ forever (fst (step q o)) = forever q.
Proof.
  intros H T. destruct o as [i d | i d | i | n | | i]; cbn [step sane] in *; auto.
  - split; [now apply add_ok|]. unfold add. destruct (active q i); auto. destruct (d =? forever q); auto.
  - split; [apply add_ok; auto; apply after_bound, H|].
    unfold add. destruct (active q i); auto. destruct (_ =? forever q); auto.
  - destruct (active q i); simpl; auto. destruct H as (N & S & U & F). repeat split; simpl; auto.
    + now apply filter_sorted.
    + now apply NoDup_filter_ids.
    + apply Forall_forall. intros e I. apply filter_In in I as [I _]. rewrite Forall_forall in F. auto.
  - split; [now apply pop_ok|]. unfold pop. destruct (due q); auto. destruct (_ <=? _); auto.
Qed.

(* ---- the properties ---------------------------------------------------------------------------------------- *)

(* TO01: whatever is active is due now or later, never before the tick at which it was set; over any trace. *)
Theorem to01_never_in_the_past f n t : n < f -> Forall (sane f) t ->
  ok (final step (init f n) t) /\ forever (final step (init f n) t) = f.
Proof.
  intros L T. apply (run_keeps step (fun q => ok q /\ forever q = f) (sane f)).
  - intros q o [H E] K. subst. now apply step_ok.
  - split; auto. unfold ok, init; simpl. repeat split; auto; constructor.
  - exact T.
Qed.

Theorem to01_set_is_the_later_of_asked_and_now q i d : active q i = false -> d <> forever q ->
  In (Entry (Nat.max d (now q)) i) (due (fst (step q (OAdd i d)))).
Proof.
  intros A D. cbn [step]. unfold add. rewrite A. apply Nat.eqb_neq in D. rewrite D. simpl. apply insert_in. now left.
Qed.

Theorem to02_after_is_now_plus_duration q i d : active q i = false -> now q + d < forever q ->
  In (Entry (now q + d) i) (due (fst (step q (OAddAfter i d)))).
Proof.
  intros A D. cbn [step]. unfold after. replace (d <? forever q - now q) with true by (symmetry; apply Nat.ltb_lt; lia).
  unfold add. rewrite A. replace (now q + d =? forever q) with false by (symmetry; apply Nat.eqb_neq; lia).
  simpl. apply insert_in. left. f_equal. lia.
Qed.

Theorem to03_abort_makes_inactive q i : active (fst (step q (OAbort i))) i = false /\
  (forall e, id e <> i -> In e (due (fst (step q (OAbort i)))) <-> In e (due q)).
Proof.
  cbn [step]. destruct (active q i) eqn:A; simpl.
  - split.
    + apply not_true_is_false. intro B. apply active_in in B. apply in_map_iff in B as (e & E & I). simpl in I.
      apply filter_In in I as [_ I]. apply Nat.eqb_eq in E. rewrite E in I. discriminate.
    + intros e D. rewrite filter_In. apply Nat.eqb_neq in D. rewrite D. simpl. tauto.
  - split; [exact A | tauto].
Qed.

(* Announce tick n: pop until nothing is due. *)
Fixpoint pop_all (fuel : nat) (q : queue) (n : nat) : queue * list entry :=
  match fuel with
  | 0 => (q, [])
  | S f => match pop q n with
           | (q1, Out _ (Some e) _) => let (q2, l) := pop_all f q1 n in (q2, e :: l)
           | (q1, _) => (q1, [])
           end
  end.

(* TO04: exactly the deadlines at or before the new tick come out, in the order of the queue; the others stay. *)
Theorem to04_exactly_the_due_in_order q n fuel : ok q -> length (due q) < fuel ->
  let t := Nat.max n (now q) in
  snd (pop_all fuel q n) = filter (fun e => deadline e <=? t) (due q) /\
  due (fst (pop_all fuel q n)) = filter (fun e => t <? deadline e) (due q) /\ now (fst (pop_all fuel q n)) = t.
Proof.
  cbn zeta. revert q. induction fuel as [| f IH]; intros q H L; [lia|].
  destruct H as (N & S & U & F). cbn [pop_all]. unfold pop. destruct (due q) as [| e rest] eqn:E; [auto|].
  simpl in L. pose proof (sorted_cons deadline e rest) as SC. apply SC in S as [S S'].
  inversion F; subst. inversion U; subst. destruct (deadline e <=? Nat.max n (now q)) eqn:D.
  - pose proof D as D'. apply Nat.leb_le in D.
    specialize (IH (Queue (forever q) (deadline e) rest)). simpl in IH.
    replace (Nat.max n (deadline e)) with (Nat.max n (now q)) in IH by lia.
    destruct (pop_all f _ n) as [q2 l]. simpl in *. destruct IH as (A & B & C); try lia.
    + unfold ok; simpl. repeat split; auto; try lia. apply Forall_forall. intros x I. rewrite Forall_forall in *.
      specialize (S' x I). specialize (H2 x I). lia.
    + rewrite D'. replace (Nat.max n (now q) <? deadline e) with false by (symmetry; apply Nat.ltb_ge; lia).
      rewrite A. auto.
  - apply Nat.leb_gt in D. simpl. replace (deadline e <=? Nat.max n (now q)) with false by (symmetry; apply Nat.leb_gt; lia).
    replace (Nat.max n (now q) <? deadline e) with true by (symmetry; apply Nat.ltb_lt; lia).
    assert (Forall (fun x => Nat.max n (now q) < deadline x) rest) by (revert S'; apply Forall_impl; intros; lia).
    rewrite filter_none, filter_all; auto; revert H; apply Forall_impl; intros x X; [apply Nat.ltb_lt | apply Nat.leb_gt]; lia.
Qed.

(* ... the queue is in the order of deadlines, and an equal deadline that was added later stands behind. *)
Theorem to04_fifo_among_equals q i d k : ok q -> active q i = false -> d <> forever q ->
  let q' := fst (step q (OAdd i d)) in
  sorted deadline (due q') /\
  filter (fun e => deadline e =? k) (due q') =
  filter (fun e => deadline e =? k) (due q) ++ (if Nat.max d (now q) =? k then [Entry (Nat.max d (now q)) i] else []).
Proof.
  intros (N & S & U & F) A D. cbn [step]. unfold add. rewrite A. apply Nat.eqb_neq in D. rewrite D. simpl.
  split; [now apply insert_sorted | rewrite insert_equals by auto; reflexivity].
Qed.

(* Over any trace each deadline leaves the queue once: it fires, or it is aborted, or it is still there. *)
Definition count (e : entry) (l : list entry) : nat :=
  length (filter (fun x => (deadline x =? deadline e) && (id x =? id e)) l).
Definition added (q : queue) (o : op) : list entry :=
  match o with
  | OAdd i d => if active q i || (d =? forever q) then [] else [Entry (Nat.max d (now q)) i]
  | OAddAfter i d => let a := after (forever q) (now q) d in
                     if active q i || (a =? forever q) then [] else [Entry (Nat.max a (now q)) i]
  | _ => []
  end.
Definition left_by (q : queue) (o : op) : list entry :=
  match o with
  | OAbort i => filter (fun e => id e =? i) (due q)
  | OPop n => match fired (snd (step q o)) with Some e => [e] | None => [] end
  | _ => []
  end.

Lemma filter_perm f (l : list entry) : Permutation l (filter f l ++ filter (fun e => negb (f e)) l).
Proof.
  induction l as [| e l IH]; simpl; auto. destruct (f e); simpl; auto.
  eapply perm_trans; [constructor; exact IH | apply Permutation_middle].
Qed.

Theorem to04_each_leaves_once q o : Permutation (due q ++ added q o) (left_by q o ++ due (fst (step q o))).
Proof.
  assert (A : forall i d, Permutation (due q ++ (if active q i || (d =? forever q) then [] else [Entry (Nat.max d (now q)) i]))
                                      (due (fst (add q i d)))).
  { intros i d. unfold add. destruct (active q i); simpl; [now rewrite app_nil_r|].
    destruct (d =? forever q); simpl; [now rewrite app_nil_r|].
    eapply perm_trans; [apply Permutation_app_comm|]. apply insert_perm. }
  destruct o as [i d | i d | i | n | | i]; cbn [added left_by step].
  - apply A.
  - apply A.
  - rewrite app_nil_r. destruct (active q i) eqn:E; simpl.
    + apply filter_perm.
    + rewrite filter_none; auto. apply Forall_forall. intros e I. apply Nat.eqb_neq. intro X. subst.
      assert (active q (id e) = true) by (apply active_in, in_map; auto). congruence.
  - rewrite app_nil_r. unfold pop. destruct (due q); simpl; auto. destruct (_ <=? _); simpl; auto.
  - simpl. now rewrite app_nil_r.
  - simpl. now rewrite app_nil_r.
Qed.

Theorem to05_no_overflow f n d : n < f -> f - n <= f /\ after f n d <= f /\ (d < f - n -> n + d < f).
Proof. intro H. destruct (after_bound f n d H). lia. Qed.

Theorem to06_relative_to_absolute f n d : n < f -> after f n d = Nat.min (n + d) f.
Proof. apply after_bound. Qed.

Theorem to07_forever_never_fires q i : fst (step q (OAdd i (forever q))) = q.
Proof. cbn [step]. unfold add. destruct (active q i); auto. now rewrite Nat.eqb_refl. Qed.

Theorem to07_nothing_fires_at_forever f n t : n < f -> Forall (sane f) t ->
  Forall (fun e => deadline e < f) (due (final step (init f n) t)).
Proof.
  intros L T. destruct (to01_never_in_the_past f n t L T) as [(_ & _ & _ & F) E].
  rewrite E in F. revert F. apply Forall_impl. tauto.
Qed.

(* TO08: a deadline of 0 (GALE_NO_WAIT) is due at once: the next announcement of any tick takes it. *)
Theorem to08_no_wait_is_due_at_once q i n : ok q -> active q i = false ->
  In (Entry (now q) i) (snd (pop_all (S (S (length (due q)))) (fst (step q (OAdd i 0))) n)).
Proof.
  intros H A. assert (H' : ok (fst (step q (OAdd i 0)))) by (apply step_ok; simpl; auto; lia).
  assert (I : In (Entry (now q) i) (due (fst (step q (OAdd i 0))))) by (apply (to01_set_is_the_later_of_asked_and_now q i 0 A); destruct H; lia).
  assert (N : now (fst (step q (OAdd i 0))) = now q).
  { cbn [step]. unfold add. destruct (active q i); auto. destruct (0 =? forever q); auto. }
  destruct (to04_exactly_the_due_in_order (fst (step q (OAdd i 0))) n (S (S (length (due q)))) H') as [E _].
  - cbn [step]. unfold add. rewrite A. destruct (0 =? forever q); simpl; [lia|].
    pose proof (Permutation_length (insert_perm deadline (Entry (now q) i) (due q))). simpl in *. lia.
  - rewrite E. apply filter_In. split; auto. apply Nat.leb_le. cbn [deadline]. rewrite N. lia.
Qed.
