(* SPDX-License-Identifier: Apache-2.0 *)
(* Who runs next. Ready threads that are neither current nor preempted stand in one queue per priority.

   Model               C (include/gale/kernel/sched.h, src/kernel/sched.c)
   best                gale_sched_best
   candidate           sched_candidate
   choose              gale_sched_choose
   OAdd                gale_sched_add           (of a thread that has become ready)
   ORemove             gale_sched_remove        (of a thread that is not ready any more)
   OBlock              the current thread stops being ready (gale_thread_pend, _suspend or _abort of it)
   OSwitch             gale_sched_switch
   OSetPriority        gale_sched_set_priority
   levels is GALE_PRIORITIES, meta GALE_PRIO_METAIRQ, preempt GALE_PRIO_PREEMPT. *)

From Coq Require Import List Arith Lia Bool.
From Gale Require Import trace.
Import ListNotations.

Record sched := Sched {
  queue : nat -> list nat;      (* by priority, head first *)
  prio : nat -> nat;            (* by thread *)
  current : option nat;
  active : bool;                (* the current thread is ready *)
  preempted : option nat
}.

Inductive op := OAdd (t : nat) | ORemove (t : nat) | OBlock | OSwitch (yield : bool) | OSetPriority (t p : nat).

Definition upd {A : Type} (f : nat -> A) (k : nat) (v : A) : nat -> A := fun x => if x =? k then v else f x.

Section Levels.
Variables levels meta preempt : nat.

Fixpoint best_from (n p : nat) (q : nat -> list nat) : option nat :=
  match n with
  | 0 => None
  | S m => match q p with t :: _ => Some t | [] => best_from m (S p) q end
  end.

Definition best (s : sched) : option nat := best_from levels 0 (queue s).

Definition is_meta (s : sched) (t : nat) : bool := prio s t <? meta.

Definition candidate (s : sched) : option nat :=
  match preempted s, best s with
  | Some p, Some b => if is_meta s b then Some b else Some p
  | Some p, None => Some p
  | None, b => b
  end.

Definition queued (s : sched) (t : nat) : bool := existsb (Nat.eqb t) (queue s (prio s t)).

Definition may_replace (s : sched) (mine other : nat) (yield : bool) : bool :=
  if yield then prio s other <=? prio s mine
  else (prio s other <? prio s mine) && ((preempt <=? prio s mine) || is_meta s other).

(* The current thread may go on: it is ready and holds the core. *)
Definition holds (s : sched) (c : nat) : bool := active s && negb (queued s c).

Definition choose (s : sched) (yield : bool) : option nat :=
  match current s with
  | Some c => if holds s c then match candidate s with
                                | Some n => if may_replace s c n yield then Some n else Some c
                                | None => Some c
                                end
              else candidate s
  | None => candidate s
  end.

Definition set_queue (s : sched) (p : nat) (l : list nat) : sched :=
  Sched (upd (queue s) p l) (prio s) (current s) (active s) (preempted s).
Definition push_back (s : sched) (t : nat) : sched := set_queue s (prio s t) (queue s (prio s t) ++ [t]).
Definition push_front (s : sched) (t : nat) : sched := set_queue s (prio s t) (t :: queue s (prio s t)).
Definition set_preempted (s : sched) (p : option nat) : sched := Sched (queue s) (prio s) (current s) (active s) p.
Definition same (a : option nat) (t : nat) : bool := match a with Some x => x =? t | None => false end.

Definition take_out (s : sched) (t : nat) : sched :=
  if same (preempted s) t then set_preempted s None
  else if queued s t then set_queue s (prio s t) (remove Nat.eq_dec t (queue s (prio s t))) else s.

Definition requeue (s : sched) (c next : nat) (yield : bool) : sched :=
  if yield then push_back s c
  else match preempted s with
       | None => if is_meta s next && (negb (is_meta s c) && negb (preempt <=? prio s c)) then set_preempted s (Some c) else push_front s c
       | Some _ => push_front s c
       end.

Definition switch (s : sched) (yield : bool) : sched :=
  match choose s yield with
  | None => Sched (queue s) (prio s) None true (preempted s)
  | Some n =>
    let s1 := take_out s n in
    let s2 := match current s with
              | Some c => if (n =? c) || negb (holds s c) then s1 else requeue s1 c n yield
              | None => s1
              end in
    Sched (queue s2) (prio s2) (Some n) true (preempted s2)
  end.

Definition step (s : sched) (o : op) : sched * option nat :=
  match o with
  | OAdd t => let s' := if same (current s) t then Sched (queue s) (prio s) (current s) true (preempted s) else s in
              (push_back s' t, None)
  | ORemove t => (take_out s t, None)
  | OBlock => (Sched (queue s) (prio s) (current s) false (preempted s), None)
  | OSwitch y => let s' := switch s y in (s', current s')
  | OSetPriority t p =>
    if levels <=? p then (s, None)
    else if queued s t then
      let s1 := take_out s t in
      (push_back (Sched (queue s1) (upd (prio s1) t p) (current s1) (active s1) (preempted s1)) t, None)
    else (Sched (queue s) (upd (prio s) t p) (current s) (active s) (preempted s), None)
  end.

Definition init (pr : nat -> nat) : sched := Sched (fun _ => []) pr None true None.

(* Each queue holds threads of its own priority, each once; a queued thread is not preempted, nor the holder. *)
Definition ok (s : sched) : Prop :=
  (forall t, prio s t < levels) /\
  (forall p t, In t (queue s p) -> prio s t = p) /\
  (forall p, NoDup (queue s p)) /\
  (forall t, preempted s = Some t -> ~ In t (queue s (prio s t))) /\
  (forall c, current s = Some c -> active s = true -> preempted s <> Some c).

(* What a caller does: it adds threads that are in no place, and blocks or removes rather than duplicates. *)
Definition proper (s : sched) (o : op) : Prop :=
  match o with
  | OAdd t => ~ In t (queue s (prio s t)) /\ preempted s <> Some t /\ (current s = Some t -> active s = false)
  | _ => True
  end.

Lemma upd_same {A} (f : nat -> A) k v : upd f k v k = v.
Proof. unfold upd. now rewrite Nat.eqb_refl. Qed.
Lemma upd_other {A} (f : nat -> A) k v j : j <> k -> upd f k v j = f j.
Proof. unfold upd. intro H. apply Nat.eqb_neq in H. now rewrite H. Qed.

Lemma queued_in s t : queued s t = true <-> In t (queue s (prio s t)).
Proof.
  unfold queued. rewrite existsb_exists. split.
  - intros (x & I & E). apply Nat.eqb_eq in E. now subst.
  - intro I. exists t. split; auto. apply Nat.eqb_refl.
Qed.

Lemma same_iff a t : same a t = true <-> a = Some t.
Proof. destruct a as [x |]; simpl; [rewrite Nat.eqb_eq|]; split; congruence. Qed.

Lemma best_from_spec n p q :
  match best_from n p q with
  | Some t => exists k l, p <= k < p + n /\ q k = t :: l /\ forall j, p <= j < k -> q j = []
  | None => forall k, p <= k < p + n -> q k = []
  end.
Proof.
  revert p. induction n as [| n IH]; intro p; simpl; [intros; lia|].
  destruct (q p) as [| t l] eqn:E.
  - specialize (IH (S p)). destruct (best_from n (S p) q) as [t |].
    + destruct IH as (k & l & A & B & C). exists k, l. repeat split; auto; try lia.
      intros j J. destruct (Nat.eq_dec j p) as [-> | N]; auto. apply C. lia.
    + intros k K. destruct (Nat.eq_dec k p) as [-> | N]; auto. apply IH. lia.
  - exists p, l. repeat split; auto; try lia.
Qed.

(* SC01: the best is the head of the queue of the numerically lowest priority that is present. *)
Theorem sc01_best s : ok s ->
  match best s with
  | Some t => hd_error (queue s (prio s t)) = Some t /\ forall p x, In x (queue s p) -> prio s t <= prio s x
  | None => forall p, queue s p = []
  end.
Proof.
  intros (L & P & _). unfold best. pose proof (best_from_spec levels 0 (queue s)) as B.
  assert (O : forall p, levels <= p -> queue s p = []).
  { intros p Q. destruct (queue s p) as [| x l] eqn:E; auto. specialize (P p x). rewrite E in P.
    specialize (P (or_introl eq_refl)). specialize (L x). lia. }
  destruct (best_from levels 0 (queue s)) as [t |].
  - destruct B as (k & l & A & B & C).
    assert (K : prio s t = k) by (apply P; rewrite B; now left). rewrite K, B. split; auto.
    intros p x I. rewrite (P p x I). destruct (Nat.lt_ge_cases p k) as [Q | Q]; auto. rewrite C in I by lia. contradiction.
  - intro p. destruct (Nat.lt_ge_cases p levels); auto. apply B. lia.
Qed.

(* SC02: a newcomer stands behind its equals; all other queues are as before. *)
Theorem sc02_insert s t p : queue (fst (step s (OAdd t))) p = if p =? prio s t then queue s p ++ [t] else queue s p.
Proof.
  cbn [step]. destruct (same (current s) t); simpl; unfold upd; destruct (p =? prio s t) eqn:E; auto;
    apply Nat.eqb_eq in E; now subst.
Qed.

(* SC03: a removal takes that thread out and keeps the order of all others. *)
Theorem sc03_remove s t p : ok s ->
  queue (fst (step s (ORemove t))) p = remove Nat.eq_dec t (queue s p) /\ preempted (fst (step s (ORemove t))) <> Some t.
Proof.
  intros (L & P & N & PP & C). cbn [step fst]. unfold take_out. destruct (same (preempted s) t) eqn:E.
  - apply same_iff in E. simpl. split; [| discriminate]. symmetry. apply notin_remove. intro I.
    specialize (P p t I). subst. now apply (PP t).
  - assert (E' : preempted s <> Some t) by (intro X; apply same_iff in X; congruence).
    destruct (queued s t) eqn:Q; simpl; split; auto.
    + unfold upd. destruct (p =? prio s t) eqn:F; [apply Nat.eqb_eq in F; now subst|].
      symmetry. apply notin_remove. intro I. apply P in I. apply Nat.eqb_neq in F. congruence.
    + symmetry. apply notin_remove. intro I. pose proof (P p t I). subst. apply queued_in in I. congruence.
Qed.

Lemma candidate_spec s : ok s ->
  match candidate s with
  | Some n => preempted s = Some n \/ best s = Some n
  | None => preempted s = None /\ best s = None
  end.
Proof. intros _. unfold candidate. destruct (preempted s), (best s); auto. destruct (is_meta s n0); auto. Qed.

(* SC05: the chosen thread is a ready one, and if the core is free or given up it is the best eligible one. *)
Theorem sc05_choice_is_eligible s y n : ok s -> choose s y = Some n ->
  current s = Some n /\ active s = true \/ preempted s = Some n \/ best s = Some n.
Proof.
  intros H. unfold choose. pose proof (candidate_spec s H) as K.
  destruct (current s) as [c |]; [destruct (holds s c) eqn:D|]; destruct (candidate s) as [b |] eqn:E; intro Q.
  - destruct (may_replace s c b y); injection Q as <-; auto. left. split; auto. unfold holds in D. now apply andb_prop in D.
  - injection Q as <-. left. split; auto. unfold holds in D. now apply andb_prop in D.
  - injection Q as <-. auto.
  - discriminate.
  - injection Q as <-. auto.
  - discriminate.
Qed.

Theorem sc05_free_core_gets_the_best s y : ok s -> (forall c, current s = Some c -> holds s c = false) ->
  preempted s = None -> choose s y = best s.
Proof.
  intros H F P. unfold choose, candidate. rewrite P. destruct (current s) as [c |]; auto. now rewrite (F c).
Qed.

(* SC06: a cooperative thread is preempted only by a MetaIRQ-class thread. *)
Theorem sc06_cooperative s c n : holds s c = true -> current s = Some c -> prio s c < preempt ->
  choose s false = Some n -> n = c \/ prio s n < meta.
Proof.
  intros H C P. unfold choose. rewrite C, H. destruct (candidate s) as [b |]; [| intro Q; injection Q; auto].
  destruct (may_replace s c b false) eqn:M; intro Q; injection Q as <-; auto. right.
  unfold may_replace in M. apply andb_prop in M as [_ M]. apply orb_prop in M as [M | M].
  - apply Nat.leb_le in M. lia.
  - now apply Nat.ltb_lt.
Qed.

(* SC07: idle only when nothing is ready. *)
Theorem sc07_idle_only_when_nothing_ready s y : ok s ->
  (choose s y = None <->
   (forall p, queue s p = []) /\ preempted s = None /\ (forall c, current s = Some c -> holds s c = false)).
Proof.
  intro H. pose proof (sc01_best s H) as B. pose proof (candidate_spec s H) as K. unfold choose. split.
  - destruct (current s) as [c |] eqn:C.
    + destruct (holds s c) eqn:D.
      * destruct (candidate s); [destruct (may_replace _ _ _ _)|]; discriminate.
      * intro Q. rewrite Q in K. destruct K as [K1 K2]. rewrite K2 in B. repeat split; auto. intros c' X. congruence.
    + intro Q. rewrite Q in K. destruct K as [K1 K2]. rewrite K2 in B. repeat split; auto. intros c' X. congruence.
  - intros (Q & P & F). unfold candidate. rewrite P. destruct (best s) as [b |].
    + destruct B as [B _]. rewrite Q in B. discriminate.
    + destruct (current s) as [c |]; auto. now rewrite (F c).
Qed.

(* SC08: priorities are compared, never subtracted, so nothing can leave its range: every priority stays below levels. *)
Lemma take_out_fields s t : prio (take_out s t) = prio s /\ current (take_out s t) = current s /\ active (take_out s t) = active s.
Proof. unfold take_out. destruct (same _ _); [| destruct (queued s t)]; auto. Qed.

Lemma requeue_prio s c n y : prio (requeue s c n y) = prio s.
Proof. unfold requeue. destruct y; auto. destruct (preempted s); auto. destruct (_ && _); auto. Qed.

Theorem sc08_priorities_in_range s o : (forall t, prio s t < levels) -> forall t, prio (fst (step s o)) t < levels.
Proof.
  intros L. destruct o as [t | t | | y | t p]; cbn [step]; intro u.
  - destruct (same _ _); apply L.
  - simpl. destruct (take_out_fields s t) as [A _]. rewrite A. auto.
  - apply L.
  - simpl. unfold switch. destruct (choose s y) as [n |]; simpl; auto. destruct (take_out_fields s n) as [A _].
    destruct (current s); [destruct (_ || _)|]; rewrite ?requeue_prio, A; auto.
  - destruct (levels <=? p) eqn:E; simpl; auto. apply Nat.leb_gt in E. destruct (take_out_fields s t) as [A _].
    destruct (queued s t); simpl; rewrite ?A; unfold upd; destruct (u =? t); auto.
Qed.

(* SC09: a preempted thread goes before the queue, unless the queue has a MetaIRQ-class thread. *)
Theorem sc09_preempted_first s p : ok s -> preempted s = Some p ->
  candidate s = Some p \/ exists b, candidate s = Some b /\ best s = Some b /\ prio s b < meta.
Proof.
  intros H P. unfold candidate. rewrite P. destruct (best s) as [b |]; auto. destruct (is_meta s b) eqn:M; auto.
  right. exists b. repeat split; auto. now apply Nat.ltb_lt.
Qed.

(* SC10: who holds the core keeps it unless the other is better (or, when it yields, as good). *)
Theorem sc10_current_stays s c n y : current s = Some c -> holds s c = true -> choose s y = Some n -> n <> c ->
  if y then prio s n <= prio s c else prio s n < prio s c.
Proof.
  intros C H. unfold choose. rewrite C, H. destruct (candidate s) as [b |]; [| intro Q; injection Q; congruence].
  destruct (may_replace s c b y) eqn:M; intro Q; injection Q as <-; [| congruence]. intros _. unfold may_replace in M.
  destruct y; [now apply Nat.leb_le|]. apply andb_prop in M as [M _]. now apply Nat.ltb_lt.
Qed.

(* SC11: equals switch only when the current thread offers the core. *)
Theorem sc11_equals_only_on_yield s c n : current s = Some c -> holds s c = true -> choose s false = Some n ->
  n <> c -> prio s n <> prio s c.
Proof. intros C H Q D. pose proof (sc10_current_stays s c n false C H Q D) as X. simpl in X. lia. Qed.

Theorem sc11_equal_gets_the_core_on_yield s c n : current s = Some c -> holds s c = true -> candidate s = Some n ->
  prio s n <= prio s c -> choose s true = Some n.
Proof. intros C H K P. unfold choose. rewrite C, H, K. unfold may_replace. apply Nat.leb_le in P. now rewrite P. Qed.

Lemma remove_not_in l t : ~ In t (remove Nat.eq_dec t l).
Proof. apply remove_In. Qed.

Lemma take_out_queue s n p : ok s -> queue (take_out s n) p = remove Nat.eq_dec n (queue s p).
Proof. intro H. pose proof (sc03_remove s n p H) as [A _]. exact A. Qed.

Lemma take_out_preempted s n : preempted (take_out s n) = if same (preempted s) n then None else preempted s.
Proof. unfold take_out. destruct (same _ _); auto. destruct (queued s n); auto. Qed.

(* SC04: a thread that yields and is replaced stands behind all its equals. *)
Theorem sc04_yield_goes_behind_equals s c n : ok s -> current s = Some c -> holds s c = true -> choose s true = Some n ->
  n <> c -> queue (switch s true) (prio s c) = remove Nat.eq_dec n (queue s (prio s c)) ++ [c].
Proof.
  intros H C D Q N. unfold switch. rewrite Q, C, D. apply Nat.eqb_neq in N. rewrite N. simpl.
  destruct (take_out_fields s n) as [A _]. rewrite A, upd_same. now rewrite take_out_queue.
Qed.

(* SC12: a thread that loses the core while it is active is put in exactly one place; one that is not ready in none. *)
Theorem sc12_requeued_once s c n y : ok s -> current s = Some c -> holds s c = true -> choose s y = Some n -> n <> c ->
  let s' := switch s y in
  (preempted s' = Some c /\ queue s' (prio s c) = remove Nat.eq_dec n (queue s (prio s c)) /\
   prio s n < meta /\ meta <= prio s c < preempt /\ y = false) \/
  (preempted s' <> Some c /\ queue s' (prio s c) =
     (if y then remove Nat.eq_dec n (queue s (prio s c)) ++ [c] else c :: remove Nat.eq_dec n (queue s (prio s c)))).
Proof.
  intros H C D Q N. unfold switch. rewrite Q, C, D. apply Nat.eqb_neq in N. rewrite N. cbn [orb negb].
  assert (PC : preempted s <> Some c).
  { destruct H as (_ & _ & _ & _ & PC). apply PC; auto. unfold holds in D. now apply andb_prop in D. }
  assert (PT : preempted (take_out s n) <> Some c) by (rewrite take_out_preempted; destruct (same _ _); congruence).
  destruct (take_out_fields s n) as [A _]. cbn zeta. cbn [preempted queue]. unfold requeue. destruct y.
  - right. simpl. rewrite A, upd_same, take_out_queue by auto. auto.
  - destruct (preempted (take_out s n)) as [q |] eqn:E.
    + right. simpl. rewrite A, upd_same, take_out_queue, E by auto. auto.
    + unfold is_meta. rewrite A. destruct (prio s n <? meta) eqn:M; simpl.
      * destruct (prio s c <? meta) eqn:M2; simpl.
        -- right. rewrite A, upd_same, take_out_queue, E by auto. auto.
        -- destruct (preempt <=? prio s c) eqn:M3; simpl.
           ++ right. rewrite A, upd_same, take_out_queue, E by auto. auto.
           ++ left. rewrite take_out_queue by auto. apply Nat.ltb_lt in M. apply Nat.ltb_ge in M2. apply Nat.leb_gt in M3. repeat split; auto.
      * right. rewrite A, upd_same, take_out_queue, E by auto. auto.
Qed.

Theorem sc12_unready_nowhere s c y : current s = Some c -> holds s c = false ->
  match choose s y with
  | Some n => queue (switch s y) = queue (take_out s n) /\ preempted (switch s y) = preempted (take_out s n)
  | None => queue (switch s y) = queue s /\ preempted (switch s y) = preempted s
  end.
Proof.
  intros C D. unfold switch. destruct (choose s y) as [n |]; auto. rewrite C, D. simpl. rewrite orb_true_r. auto.
Qed.

(* ---- the invariant is kept: no thread in two places, none in a wrong queue ---------------------------------- *)

Lemma push_ok s t l : ok s -> ~ In t (queue s (prio s t)) -> preempted s <> Some t ->
  NoDup l -> (forall x, In x l <-> x = t \/ In x (queue s (prio s t))) -> ok (set_queue s (prio s t) l).
Proof.
  intros (L & P & N & PP & C) NI NP ND M. unfold ok, set_queue; simpl. split; [auto|]. split; [|split; [|split]].
  - intros p x I. unfold upd in I. destruct (p =? prio s t) eqn:E; [| now apply P].
    apply Nat.eqb_eq in E. subst. apply M in I as [-> | I]; auto.
  - intro p. unfold upd. destruct (p =? prio s t); auto.
  - intros x X I. unfold upd in I. destruct (prio s x =? prio s t) eqn:E; [| now apply (PP x)].
    apply M in I as [-> | I]; [congruence|]. apply Nat.eqb_eq in E. rewrite <- E in I. now apply (PP x).
  - exact C.
Qed.

Lemma NoDup_snoc (l : list nat) w : NoDup l -> ~ In w l -> NoDup (l ++ [w]).
Proof.
  intros H N. apply NoDup_rev in H. rewrite <- (rev_involutive (l ++ [w])). apply NoDup_rev.
  rewrite rev_app_distr. simpl. constructor; auto. now rewrite <- in_rev.
Qed.

Lemma push_back_ok s t : ok s -> ~ In t (queue s (prio s t)) -> preempted s <> Some t -> ok (push_back s t).
Proof.
  intros H A B. unfold push_back. apply push_ok; auto.
  - apply NoDup_snoc; auto. apply H.
  - intro x. rewrite in_app_iff. simpl. intuition.
Qed.

Lemma push_front_ok s t : ok s -> ~ In t (queue s (prio s t)) -> preempted s <> Some t -> ok (push_front s t).
Proof.
  intros H A B. unfold push_front. apply push_ok; auto.
  - constructor; auto. apply H.
  - intro x. simpl. intuition.
Qed.

Lemma NoDup_remove_all (l : list nat) w : NoDup l -> NoDup (remove Nat.eq_dec w l).
Proof.
  induction l as [| a l IH]; intro H; simpl; auto. inversion H; subst.
  destruct (Nat.eq_dec w a); auto. constructor; auto. intro I. apply in_remove in I. tauto.
Qed.

Lemma take_out_ok s t : ok s -> ok (take_out s t).
Proof.
  intro H. pose proof (fun p => take_out_queue s t p H) as Q. destruct (take_out_fields s t) as (A & B & D).
  pose proof (take_out_preempted s t) as E. destruct H as (L & P & N & PP & C).
  unfold ok. rewrite A, B, D. split; [auto|]. split; [|split; [|split]].
  - intros p x I. rewrite Q in I. apply in_remove in I as [I _]. auto.
  - intro p. rewrite Q. now apply NoDup_remove_all.
  - intros x X I. rewrite Q in I. apply in_remove in I as [I _]. rewrite E in X. destruct (same _ _); [discriminate|].
    now apply (PP x).
  - intros c X Y. rewrite E. destruct (same _ _); [discriminate | auto].
Qed.

Lemma requeue_ok s c n y : ok s -> ~ In c (queue s (prio s c)) -> preempted s <> Some c ->
  (forall z, ok (Sched (queue s) (prio s) z true (preempted s)) -> True) ->
  ok (Sched (queue (requeue s c n y)) (prio s) None true (preempted (requeue s c n y))) /\
  (preempted (requeue s c n y) = preempted s \/ preempted (requeue s c n y) = Some c).
Proof.
  intros H A B _.
  assert (F : forall s', ok s' -> prio s' = prio s -> ok (Sched (queue s') (prio s) None true (preempted s'))).
  { intros s' (L & P & N & PP & C) E. unfold ok; simpl. rewrite <- E. repeat split; auto. discriminate. }
  unfold requeue. destruct y; [split; [apply F; auto using push_back_ok | auto]|].
  destruct (preempted s) as [q |] eqn:Q.
  - split; [apply F; auto; apply push_front_ok; auto; congruence | left; simpl; auto].
  - destruct (is_meta s n && (negb (is_meta s c) && negb (preempt <=? prio s c))).
    + split; [| auto]. destruct H as (L & P & N & PP & C). unfold ok; simpl. repeat split; auto; try discriminate.
      intros t T. injection T as <-. exact A.
    + split; [apply F; auto; apply push_front_ok; auto; congruence | left; simpl; auto].
Qed.

Lemma holder_ok s n : ok (Sched (queue s) (prio s) None true (preempted s)) -> preempted s <> Some n ->
  ok (Sched (queue s) (prio s) (Some n) true (preempted s)).
Proof.
  intros (L & P & N & PP & C) D. unfold ok in *; simpl in *. repeat split; auto. intros c X _. injection X as <-. exact D.
Qed.

Lemma free_ok s : ok s -> ok (Sched (queue s) (prio s) None true (preempted s)).
Proof. intros (L & P & N & PP & C). unfold ok; simpl. repeat split; auto. discriminate. Qed.

Lemma switch_ok s y : ok s -> ok (switch s y).
Proof.
  intro H. unfold switch. destruct (choose s y) as [n |] eqn:Q; [| now apply free_ok].
  pose proof (take_out_ok s n H) as H1. destruct (take_out_fields s n) as (A & B & D).
  pose proof (take_out_preempted s n) as E.
  assert (PN : preempted (take_out s n) <> Some n).
  { rewrite E. destruct (same (preempted s) n) eqn:F; [discriminate|]. intro X. apply same_iff in X. congruence. }
  destruct (current s) as [c |] eqn:C; [| apply holder_ok; auto; now apply free_ok].
  destruct ((n =? c) || negb (holds s c)) eqn:G; [apply holder_ok; auto; now apply free_ok|].
  apply orb_false_elim in G as [G1 G2]. apply Nat.eqb_neq in G1. apply negb_false_iff in G2.
  unfold holds in G2. apply andb_prop in G2 as [G2 G3]. apply negb_true_iff in G3.
  assert (NI : ~ In c (queue s (prio s c))) by (intro X; apply queued_in in X; congruence).
  destruct (requeue_ok (take_out s n) c n y H1) as [R1 R2]; auto.
  - rewrite A, (take_out_queue s n (prio s c) H). intro X. apply in_remove in X. tauto.
  - rewrite E. destruct (same _ _); [discriminate|]. destruct H as (_ & _ & _ & _ & PC). now apply PC.
  - pose proof (holder_ok (Sched (queue (requeue (take_out s n) c n y)) (prio (take_out s n)) None true (preempted (requeue (take_out s n) c n y))) n R1) as F.
    simpl in F. rewrite requeue_prio. apply F. destruct R2 as [R2 | R2]; rewrite R2; auto. congruence.
Qed.

Theorem sc03_no_thread_in_two_places s o : ok s -> proper s o -> ok (fst (step s o)).
Proof.
  intros H P. destruct o as [t | t | | y | t p]; cbn [step proper fst] in *.
  - destruct P as (P1 & P2 & P3). destruct (same (current s) t) eqn:E.
    + apply push_back_ok; auto. destruct H as (L & Q & N & PP & C). unfold ok; simpl. repeat split; auto.
      intros c X _. apply same_iff in E. congruence.
    + now apply push_back_ok.
  - now apply take_out_ok.
  - destruct H as (L & Q & N & PP & C). unfold ok; simpl. repeat split; auto. discriminate.
  - now apply switch_ok.
  - destruct (levels <=? p) eqn:G; [exact H|]. apply Nat.leb_gt in G.
    pose proof (take_out_ok s t H) as H1. destruct (take_out_fields s t) as (A & B & D).
    assert (W : forall s', ok s' -> (forall q, ~ In t (queue s' q)) ->
                ok (Sched (queue s') (upd (prio s') t p) (current s') (active s') (preempted s'))).
    { intros s' (L & Q & N & PP & C) NI. unfold ok; simpl. split; [|split; [|split; [|split]]]; auto.
      - intro x. unfold upd. destruct (x =? t); auto.
      - intros q x I. unfold upd. destruct (x =? t) eqn:E; [| now apply Q]. apply Nat.eqb_eq in E. subst. now apply NI in I.
      - intros x X I. unfold upd in I. destruct (x =? t) eqn:E; [| now apply (PP x)]. apply Nat.eqb_eq in E. subst. now apply NI in I. }
    destruct (queued s t) eqn:E.
    + apply push_back_ok.
      * apply W; auto. intros q I. rewrite (take_out_queue s t q H) in I. apply in_remove in I. tauto.
      * simpl. rewrite A, upd_same, (take_out_queue s t p H). apply remove_In.
      * simpl. destruct (sc03_remove s t 0 H) as [_ X]. exact X.
    + apply W; auto. intros q I. pose proof H as (_ & Q & _). specialize (Q q t I). subst. apply queued_in in I. congruence.
Qed.

Fixpoint all_proper (s : sched) (t : list op) : Prop :=
  match t with [] => True | o :: t' => proper s o /\ all_proper (fst (step s o)) t' end.

Theorem sc03_over_any_trace pr t : (forall x, pr x < levels) -> all_proper (init pr) t -> ok (final step (init pr) t).
Proof.
  intros L. assert (H : ok (init pr)).
  { unfold ok, init; simpl. repeat split; auto; try contradiction; try discriminate. constructor. }
  revert H. generalize (init pr). induction t as [| o t IH]; intros s H P; [exact H|].
  rewrite final_cons. destruct P as [P1 P2]. apply IH; auto. now apply sc03_no_thread_in_two_places.
Qed.
End Levels.
