(* SPDX-License-Identifier: Apache-2.0 *)
(* Event flags: 32 bits, and threads that wait for any or all of some of them.

   Model            C (include/gale/kernel/event.h, src/kernel/event.c)
   OPost, OSet      gale_event_post, gale_event_set
   OClear           gale_event_clear
   OSetMasked       gale_event_set_masked
   OTest            gale_event_test
   OWait            gale_event_wait, up to its return or its block; nowait: the deadline is GALE_NO_WAIT
   OEndWait t       the wait of t ends otherwise: its deadline, gale_executor_cancel_wait, gale_executor_abort
   holds, take, serve_all    event_condition_holds, event_take, event_serve_all *)

From Coq Require Import List Arith NArith Lia Bool Sorted.
From Gale Require Import trace ordered.
Import ListNotations.

Record waiter := Waiter { thread : nat; priority : nat; mask : N; wants_all : bool; clears : bool }.
Record event := Event { flags : N; line : list waiter }.

Inductive status := Ok | EAGAIN | EINVAL | Blocked.
Inductive op := OPost (b : N) | OSet (b : N) | OClear (b : N) | OSetMasked (b m : N) | OTest (m : N)
              | OWait (t p : nat) (m : N) (all clear nowait : bool) | OEndWait (t : nat).

(* served: the waits that the call ends with success, in order, each with the bits that it matched. *)
Record out := Out { st : status; value : N; served : list (nat * N) }.

Definition word : N := 4294967295. (* 32 ones *)

Definition holds (f m : N) (all : bool) : bool :=
  if all then N.eqb (N.land f m) m else negb (N.eqb (N.land f m) 0).
Definition merge (f b m : N) : N := N.lor (N.ldiff f m) (N.land b m).
Definition take (f m : N) (clear : bool) : N := if clear then N.ldiff f m else f.

Fixpoint serve (f : N) (l : list waiter) : N * list waiter * list (nat * N) :=
  match l with
  | [] => (f, [], [])
  | x :: l' =>
    if holds f (mask x) (wants_all x)
    then let '(g, r, d) := serve (take f (mask x) (clears x)) l' in (g, r, (thread x, N.land f (mask x)) :: d)
    else let '(g, r, d) := serve f l' in (g, x :: r, d)
  end.

Definition update (e : event) (f : N) : event * out :=
  let '(g, r, d) := serve f (line e) in (Event g r, Out Ok 0 d).

Definition step (e : event) (o : op) : event * out :=
  match o with
  | OPost b => update e (merge (flags e) b b)
  | OSet b => update e (merge (flags e) b word)
  | OSetMasked b m => update e (merge (flags e) b m)
  | OClear b => (Event (N.ldiff (flags e) b) (line e), Out Ok 0 [])
  | OTest m => (e, Out Ok (N.land (flags e) m) [])
  | OWait t p m all clear nowait =>
    if N.eqb m 0 then (e, Out EINVAL 0 [])
    else if holds (flags e) m all then (Event (take (flags e) m clear) (line e), Out Ok (N.land (flags e) m) [])
    else if nowait then (e, Out EAGAIN 0 [])
    else (Event (flags e) (insert priority (Waiter t p m all clear) (line e)), Out Blocked 0 [])
  | OEndWait t => (Event (flags e) (filter (fun x => negb (thread x =? t)) (line e)), Out Ok 0 [])
  end.

Definition init : event := Event 0 [].

Definition within (f : N) : Prop := forall i, (32 <= i)%N -> N.testbit f i = false.
Definition sane (o : op) : Prop := (* what uint32_t arguments are *)
  match o with
  | OPost b | OSet b | OClear b | OTest b => within b
  | OSetMasked b m => within b /\ within m
  | OWait _ _ m _ _ _ => within m
  | OEndWait _ => True
  end.

Definition below (f g : N) : Prop := forall i, N.testbit f i = true -> N.testbit g i = true.

Lemma holds_spec f m all : holds f m all = true <->
  if all then forall i, N.testbit m i = true -> N.testbit f i = true
  else exists i, N.testbit m i = true /\ N.testbit f i = true.
Proof.
  unfold holds. destruct all.
  - rewrite N.eqb_eq. split; intro H.
    + intros i M. rewrite <- H, N.land_spec in M. now apply andb_prop in M.
    + apply N.bits_inj. intro i. rewrite N.land_spec. specialize (H i). destruct (N.testbit m i); [rewrite H; auto | apply andb_false_r].
  - rewrite negb_true_iff, N.eqb_neq. split; intro H.
    + exists (N.log2 (N.land f m)). pose proof (N.bit_log2 _ H) as B. rewrite N.land_spec in B. apply andb_prop in B. tauto.
    + destruct H as (i & M & F). intro Z. assert (B : N.testbit (N.land f m) i = false) by (rewrite Z; apply N.bits_0).
      rewrite N.land_spec, M, F in B. discriminate.
Qed.

Lemma holds_mono f g m all : below f g -> holds f m all = true -> holds g m all = true.
Proof. intros B. rewrite !holds_spec. destruct all; [auto | intros (i & X & Y); eauto]. Qed.

Lemma take_below f m c : below (take f m c) f.
Proof. intros i. unfold take. destruct c; auto. rewrite N.ldiff_spec. intro H. now apply andb_prop in H. Qed.

Lemma serve_below l : forall f, below (fst (fst (serve f l))) f.
Proof.
  induction l as [| x l IH]; intros f; simpl; [intro; auto|].
  destruct (holds f (mask x) (wants_all x)).
  - specialize (IH (take f (mask x) (clears x))). destruct (serve _ l) as [[g r] d]. simpl in *.
    intros i H. apply (take_below f (mask x) (clears x)). now apply IH.
  - specialize (IH f). destruct (serve f l) as [[g r] d]. exact IH.
Qed.

(* After one pass nobody who stays could have been served. *)
Lemma serve_rest l : forall f, let '(g, r, d) := serve f l in
  Forall (fun x => holds g (mask x) (wants_all x) = false) r /\
  (forall x, In x r -> In x l) /\ (forall (P : waiter -> Prop), Forall P l -> Forall P r).
Proof.
  induction l as [| x l IH]; intros f; simpl; [repeat split; auto|].
  destruct (holds f (mask x) (wants_all x)) eqn:H.
  - specialize (IH (take f (mask x) (clears x))). destruct (serve _ l) as [[g r] d]. destruct IH as (A & B & C).
    repeat split; auto. intros P F. inversion F; auto.
  - pose proof (serve_below l f) as LB. specialize (IH f). destruct (serve f l) as [[g r] d]. destruct IH as (A & B & C).
    repeat split.
    + constructor; auto. destruct (holds g (mask x) (wants_all x)) eqn:G; auto.
      rewrite (holds_mono g f) in H; [discriminate | exact LB | exact G].
    + intros y [-> | I]; [now left | right; auto].
    + intros P F. inversion F; subst. constructor; auto.
Qed.

Lemma serve_sorted l : forall f, sorted priority l -> sorted priority (snd (fst (serve f l))).
Proof.
  induction l as [| x l IH]; intros f S; simpl; auto. apply sorted_cons in S as [S F].
  destruct (holds f (mask x) (wants_all x)).
  - specialize (IH (take f (mask x) (clears x)) S). destruct (serve _ l) as [[g r] d]. auto.
  - pose proof (serve_rest l f) as R. specialize (IH f S). destruct (serve f l) as [[g r] d]. simpl in *.
    apply sorted_cons. split; auto. apply R. exact F.
Qed.

Definition ok (e : event) : Prop :=
  within (flags e) /\ sorted priority (line e) /\ Forall (fun x => holds (flags e) (mask x) (wants_all x) = false) (line e).

Lemma within_below f g : below f g -> within g -> within f.
Proof. intros B W i I. destruct (N.testbit f i) eqn:T; auto. apply B in T. rewrite (W i I) in T. discriminate. Qed.

Lemma merge_within f b m : within f -> within b -> within (merge f b m).
Proof.
  intros F B i I. unfold merge. rewrite N.lor_spec, N.ldiff_spec, N.land_spec, (F i I), (B i I). reflexivity.
Qed.

Lemma update_ok e f : sorted priority (line e) -> within f -> ok (fst (update e f)).
Proof.
  intros S W. unfold update. pose proof (serve_rest (line e) f) as R. pose proof (serve_below (line e) f) as B.
  pose proof (serve_sorted (line e) f S) as O. destruct (serve f (line e)) as [[g r] d]. simpl in *.
  split; [exact (within_below _ _ B W) | split; [exact O | exact (proj1 R)]].
Qed.

Lemma falling_ok f g l : within g -> below f g -> sorted priority l ->
  Forall (fun x => holds g (mask x) (wants_all x) = false) l -> ok (Event f l).
Proof.
  intros W B S F. split; [exact (within_below _ _ B W) | split; [exact S |]]. simpl. revert F. apply Forall_impl. intros x H.
  destruct (holds f (mask x) (wants_all x)) eqn:T; auto. rewrite (holds_mono f g) in H; auto.
Qed.

Lemma step_ok e o : ok e -> sane o -> ok (fst (step e o)).
Proof.
  intros (W & S & F) T. destruct o as [b | b | b | b m | m | t p m all clear nw | t]; cbn [step sane] in *.
  - apply update_ok; auto using merge_within.
  - apply update_ok; auto using merge_within.
  - apply falling_ok with (g := flags e); auto. intros i. rewrite N.ldiff_spec. intro H. now apply andb_prop in H.
  - apply update_ok; auto. apply merge_within; tauto.
  - repeat split; auto.
  - destruct (N.eqb m 0); [repeat split; auto|]. destruct (holds (flags e) m all) eqn:H.
    + apply falling_ok with (g := flags e); auto using take_below.
    + destruct nw; [repeat split; auto|]. repeat split; simpl; auto; [now apply insert_sorted|].
      apply Forall_forall. intros x I. apply insert_in in I as [-> | I]; auto. rewrite Forall_forall in F. auto.
  - repeat split; simpl; auto; [now apply filter_sorted|]. apply Forall_forall. intros x I. apply filter_In in I as [I _].
    rewrite Forall_forall in F. auto.
Qed.

(* EV07, EV09: over any trace the flags are 32 bits, and whoever still waits has a condition that does not hold. *)
Theorem ev07_thirty_two_bits t : Forall sane t -> within (flags (final step init t)).
Proof.
  intro T. apply (run_keeps step ok sane); auto using step_ok. repeat split; simpl; auto; try constructor.
Qed.

Theorem ev09_no_lost_wake_up t x : Forall sane t -> let e := final step init t in
  In x (line e) -> holds (flags e) (mask x) (wants_all x) = false.
Proof.
  intros T e I. assert (H : ok e).
  { apply (run_keeps step ok sane); auto using step_ok. repeat split; simpl; auto; try constructor. }
  destruct H as (_ & _ & F). rewrite Forall_forall in F. auto.
Qed.

(* ... and the very call that made it true is the one that ends the wait of the first whose condition holds. *)
Theorem ev09_served_by_that_call e x l f : line e = x :: l -> holds f (mask x) (wants_all x) = true ->
  exists d, served (snd (update e f)) = (thread x, N.land f (mask x)) :: d.
Proof.
  intros L H. unfold update. rewrite L. simpl. rewrite H. destruct (serve _ l) as [[g r] d]. simpl. eauto.
Qed.

(* What a call that sets flags leaves, when nobody waits (waiters that clear take theirs afterwards). *)
Definition quiet (e : event) : Prop := line e = [].

Theorem ev01_post_ors e b i : quiet e ->
  N.testbit (flags (fst (step e (OPost b)))) i = N.testbit (flags e) i || N.testbit b i.
Proof.
  intro Q. cbn [step]. unfold update. rewrite Q. simpl. unfold merge. rewrite N.lor_spec, N.ldiff_spec, N.land_spec.
  destruct (N.testbit (flags e) i), (N.testbit b i); reflexivity.
Qed.

Theorem ev02_set_replaces e b i : quiet e -> within (flags e) -> within b ->
  N.testbit (flags (fst (step e (OSet b)))) i = N.testbit b i.
Proof.
  intros Q W B. cbn [step]. unfold update. rewrite Q. simpl. unfold merge. rewrite N.lor_spec, N.ldiff_spec, N.land_spec.
  destruct (N.lt_ge_cases i 32) as [I | I].
  - change word with (N.ones 32). rewrite N.ones_spec_low by auto.
    destruct (N.testbit (flags e) i), (N.testbit b i); reflexivity.
  - rewrite (W i I), (B i I). reflexivity.
Qed.

Theorem ev03_clear_removes_exactly e b i :
  N.testbit (flags (fst (step e (OClear b)))) i = N.testbit (flags e) i && negb (N.testbit b i).
Proof. apply N.ldiff_spec. Qed.

Theorem ev04_masked_set_touches_only_the_mask e b m i : quiet e ->
  N.testbit (flags (fst (step e (OSetMasked b m)))) i = if N.testbit m i then N.testbit b i else N.testbit (flags e) i.
Proof.
  intro Q. cbn [step]. unfold update. rewrite Q. simpl. unfold merge. rewrite N.lor_spec, N.ldiff_spec, N.land_spec.
  destruct (N.testbit (flags e) i), (N.testbit b i), (N.testbit m i); reflexivity.
Qed.

Theorem ev05_any_iff_one_is_set f m : holds f m false = true <-> exists i, N.testbit m i = true /\ N.testbit f i = true.
Proof. apply (holds_spec f m false). Qed.

Theorem ev06_all_iff_all_are_set f m : holds f m true = true <-> forall i, N.testbit m i = true -> N.testbit f i = true.
Proof. apply (holds_spec f m true). Qed.

(* EV08: post clears nothing; a bit that is gone was taken by a waiter that asked to clear it, in that call. *)
Theorem ev08_post_never_clears e b i : Forall (fun x => clears x = false) (line e) ->
  N.testbit (flags e) i = true -> N.testbit (flags (fst (step e (OPost b)))) i = true.
Proof.
  intros C H. cbn [step]. unfold update.
  assert (G : forall l f, Forall (fun x => clears x = false) l -> fst (fst (serve f l)) = f).
  { induction l as [| x l IH]; intros f F; simpl; auto. inversion F; subst. destruct (holds f _ _).
    - unfold take. rewrite H2. specialize (IH f H3). destruct (serve f l) as [[g r] d]. exact IH.
    - specialize (IH f H3). destruct (serve f l) as [[g r] d]. exact IH. }
  specialize (G (line e) (merge (flags e) b b) C). destruct (serve _ (line e)) as [[g r] d]. simpl in *. subst.
  unfold merge. rewrite N.lor_spec, N.ldiff_spec, N.land_spec, H. destruct (N.testbit b i); reflexivity.
Qed.
